using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Storage.Cosmos.Outbox;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Checkout;

/// <summary>
/// The orders' documents. A step and the events that tell of it are one batch in the order's
/// partition, over the very version that it was decided on. Any thread.
/// </summary>
internal sealed class CosmosOrders(DocumentContainer orders, HybridClock clock) : IOrderStore
{
    public async ValueTask<Order?> GetAsync(OrderId id, CancellationToken ct) =>
        await FindAsync(id, ct) is { Document: { Refusal: null } order } ? order.ToOrder() : null;

    public async ValueTask<IReadOnlyList<Order>> ListNewestAsync(
        OrderQuery query, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.Limit);
        var conditions = new List<string> { "c.type = 'order'" };
        var parameters = new List<(string Name, object Value)>();
        if (query.Customer is { } customer)
            Add("c.customer = @customer", "@customer", customer.Value);
        if (query.State is { } state) Add("c.state = @state", "@state", state.ToString());
        else if (!query.Attempts) conditions.Add("IS_DEFINED(c.placedAt)");
        if (query.Before is { } before)
        {
            if (await FindAsync(before, ct) is not { } begun) return [];
            Add("c.number < @before", "@before", begun.Document.Number!);
        }
        var definition = new QueryDefinition("SELECT * FROM c WHERE "
            + string.Join(" AND ", conditions) + " ORDER BY c.number DESC");
        foreach (var (name, value) in parameters) definition.WithParameter(name, value);
        return await ListAsync(definition, query.Limit, ct);

        void Add(string condition, string name, object value)
        {
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }

    /// <summary>Orders with something open that is due, the oldest first.</summary>
    public ValueTask<IReadOnlyList<Order>> ListDueAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        ListAsync(new QueryDefinition("SELECT * FROM c WHERE c.type = 'order' " +
            "AND c.dueAt <= @now ORDER BY c.dueAt").WithParameter("@now", now), limit, ct);

    /// <summary>Orders with effects that nobody has finished.</summary>
    public async ValueTask<IReadOnlyList<OrderId>> ListUnfinishedAsync(
        int limit, CancellationToken ct) =>
        [.. (await ListAsync(new("SELECT * FROM c WHERE c.type = 'order' " +
            "AND IS_DEFINED(c.effects.stock)"), limit, ct)).Select(order => order.Id)];

    public ValueTask<Stored<OrderDocument>?> FindAsync(OrderId id, CancellationToken ct) =>
        orders.FindAsync<OrderDocument>(
            OrderDocument.PartitionOf(id.Value), OrderDocument.TypeName, ct);

    /// <summary>Adds an order, or that there will be none, unless one of both is there.</summary>
    /// <returns>What is there then, and whether it is this one.</returns>
    public async ValueTask<(OrderDocument Decided, bool IsOurs)> DecideAsync(
        Order order, Refusal? refusal, CancellationToken ct)
    {
        var document = refusal is null
            ? OrderDocument.Of(order, HybridClock.Format(clock.Next()), clock.NewId())
            : OrderDocument.Refused(order.Id, refusal);
        var reply = await orders.CreateAsync(document.Order, document, ct);
        if (reply.Result == Written.Done) return (document, true);
        // Ours, where its answer was lost; or of another who works on the same checkout.
        return await FindAsync(order.Id, ct) is { Document: var decided }
            ? (decided, decided.Stamp is { } stamp && stamp == document.Stamp)
            : throw new StoreUnavailableException(
                $"Order {order.Id} is there and cannot be read yet.");
    }

    /// <summary>Stores a step over what was read, with its events.</summary>
    /// <returns>What is stored then; null where another step was stored meanwhile.</returns>
    public async ValueTask<Stored<OrderDocument>?> SaveAsync(
        Stored<OrderDocument> before, Order order, StepEffects? effects,
        IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        var document = OrderDocument.Of(order, before.Document.Number!, clock.NewId()) with
        {
            Effects = effects,
        };
        var batch = new DocumentBatch().Replace(document.Id, document, before.ETag);
        foreach (var e in events)
            batch.Create(OutboxDocument.ForOrder(e, clock.Next(), document.Order));
        var reply = await orders.RunAsync(document.Order, batch, ct);
        if (reply.Result == Written.Done) return new(document, reply.FirstETag!);
        // Where the answer was lost and the batch repeated, it may be ours that stands in the way.
        var after = await FindAsync(order.Id, ct);
        return after?.Document.Stamp == document.Stamp ? after : null;
    }

    /// <summary>A step's effects are done. Nothing where another step was stored meanwhile: it
    /// has finished them first.</summary>
    public async ValueTask FinishAsync(Stored<OrderDocument> done, CancellationToken ct) =>
        await orders.PatchAsync(done.Document.Order, done.Document.Id,
            [PatchOperation.Remove("/effects")],
            $"FROM c WHERE c.stamp = '{done.Document.Stamp}' AND IS_DEFINED(c.effects)", ct);

    private async ValueTask<IReadOnlyList<Order>> ListAsync(
        QueryDefinition query, int limit, CancellationToken ct) =>
        [.. (await orders.ListAsync<OrderDocument>(query, limit, ct))
            .Select(document => document.ToOrder())];
}
