using StreamCommerce.Tests.Cosmos.Gateway.Patch;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// Decides what becomes of one operation, against what its transaction sees. Under the partition's
/// gate; nothing is visible before the transaction's commit.
/// </summary>
internal static class ItemOperations
{
    /// <exception cref="GatewayException">The request means nothing, whatever is
    /// stored.</exception>
    public static ItemAnswer Apply(in ItemCall call, ItemTransaction transaction) =>
        call.Kind switch
        {
            RequestKind.CreateItem => Create(call, transaction),
            RequestKind.UpsertItem => Upsert(call, transaction),
            RequestKind.ReadItem => Read(call, transaction.Find(call.Id!)),
            RequestKind.ReplaceItem => Replace(call, transaction),
            RequestKind.PatchItem => Patch(call, transaction),
            RequestKind.DeleteItem => Delete(call, transaction),
            _ => throw GatewayException.NotSpoken($"{call.Kind} of an item"),
        };

    /// <summary>A read also answers outside of a transaction, from a held replica.</summary>
    public static ItemAnswer Read(in ItemCall call, StoredItem? item)
    {
        if (item is null)
        {
            return ItemAnswer.NotFound;
        }

        return call.IfNoneMatch is { } known && (known == item.ETag || known == "*")
            ? new ItemAnswer(304, RequestCharges.PointRead(0), item)
            : new ItemAnswer(200, RequestCharges.PointRead(item.Json.Length), item);
    }

    private static ItemAnswer Create(in ItemCall call, ItemTransaction transaction)
    {
        using var body = ItemBody.Parse(call.Body, transaction);
        var id = ItemBody.IdOf(body.RootElement);
        if (transaction.Find(id) is not null)
        {
            return ItemAnswer.Conflict;
        }

        var item = ItemBody.Version(body.RootElement, id, null, transaction);
        return Store(item, 201, RequestCharges.Insert(item.Json.Length), transaction);
    }

    private static ItemAnswer Upsert(in ItemCall call, ItemTransaction transaction)
    {
        using var body = ItemBody.Parse(call.Body, transaction);
        var id = ItemBody.IdOf(body.RootElement);
        var before = transaction.Find(id);
        if (before is not null && IsStale(call, before))
        {
            return ItemAnswer.PreconditionFailed;
        }

        var item = ItemBody.Version(body.RootElement, id, before, transaction);
        return before is null
            ? Store(item, 201, RequestCharges.Insert(item.Json.Length), transaction)
            : Store(item, 200, RequestCharges.Replace(item.Json.Length), transaction);
    }

    private static ItemAnswer Replace(in ItemCall call, ItemTransaction transaction)
    {
        using var body = ItemBody.Parse(call.Body, transaction);
        if (ItemBody.IdOf(body.RootElement) != call.Id)
        {
            throw GatewayException.BadRequest(
                $"The item's id is not that of the address, {call.Id}.");
        }

        if (transaction.Find(call.Id) is not { } before)
        {
            return ItemAnswer.NotFound;
        }

        if (IsStale(call, before))
        {
            return ItemAnswer.PreconditionFailed;
        }

        var item = ItemBody.Version(body.RootElement, call.Id, before, transaction);
        return Store(item, 200, RequestCharges.Replace(item.Json.Length), transaction);
    }

    private static ItemAnswer Patch(in ItemCall call, ItemTransaction transaction)
    {
        using var request = PatchRequest.Parse(call.Body, transaction.Definition);
        if (transaction.Find(call.Id!) is not { } before)
        {
            return ItemAnswer.NotFound;
        }

        if (IsStale(call, before) || !request.Holds(before))
        {
            return ItemAnswer.PreconditionFailed;
        }

        using var body = ItemBody.Parse(request.Apply(before), transaction);
        var item = ItemBody.Version(body.RootElement, before.Id, before, transaction);
        return Store(item, 200, RequestCharges.Replace(item.Json.Length), transaction);
    }

    private static ItemAnswer Delete(in ItemCall call, ItemTransaction transaction)
    {
        if (transaction.Find(call.Id!) is not { } before)
        {
            return ItemAnswer.NotFound;
        }

        if (IsStale(call, before))
        {
            return ItemAnswer.PreconditionFailed;
        }

        transaction.Delete(before.Id);
        return new ItemAnswer(204, RequestCharges.Delete(before.Json.Length));
    }

    private static bool IsStale(in ItemCall call, StoredItem item) =>
        call.IfMatch is { } expected && expected != "*" && expected != item.ETag;

    private static ItemAnswer Store(
        StoredItem item, int status, double charge, ItemTransaction transaction)
    {
        if (transaction.IsTaken(item.Id, item.UniqueValues))
        {
            return ItemAnswer.UniqueConflict;
        }

        transaction.Put(item);
        return new ItemAnswer(status, charge, item);
    }
}
