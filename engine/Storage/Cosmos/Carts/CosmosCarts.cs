using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos.Outbox;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Carts;

/// <summary>
/// The carts' port on Cosmos DB. A change is one transactional batch in the cart's partition: the
/// operation's mark is created, this region's replica is written over the very state that was
/// decided on, and the event that tells of it is put beside them. That the mark is there already
/// means that the change was done. Any thread.
/// </summary>
internal sealed class CosmosCarts(
    DocumentContainer carts, string region, Broadcast broadcast, HybridClock clock,
    TimeProvider time) : ICartStore
{
    // The steps of a batch, in their order: what was done before is found first.
    private const int MarkStep = 0;
    private const int EventStep = 2;

    // Others that change the same cart at the same moment: the visitor's tabs, an order.
    private const int RaceLimit = 10;

    private readonly string _replica = CartDocument.IdOf(region);

    public async ValueTask<Cart?> GetAsync(CartId id, CancellationToken ct) =>
        (await FindAsync(id, ct))?.Document.ToCart();

    public async ValueTask<Answer<Cart>> ChangeAsync(CartCommand command, CancellationToken ct)
    {
        var isToldAlready = false;
        for (var i = 0; i < RaceLimit; i++)
        {
            var stored = await FindAsync(command.Cart, ct);
            var cart = stored?.Document.ToCart();
            var now = time.GetUtcNow();
            // A new id is the rule: it is looked up only where the change is not to be made.
            if (!CartRules.Decide(cart, command, now).Is(out var decision, out var refusal))
            {
                return cart is not null && await KnowsAsync(command, ct)
                    ? await RepeatAsync(command, ct) ?? refusal
                    : refusal;
            }
            if (decision.Event is null) return decision.Cart;
            var batch = Write(
                CartMarkDocument.Of(command.Cart, command.Operation, now),
                decision.Cart, stored?.ETag);
            if (!isToldAlready)
            {
                batch.Create(OutboxDocument.ForCart(
                    decision.Event, clock.Next(), CartDocument.PartitionOf(command.Cart)));
            }
            var reply = await RunAsync(command.Cart, batch, ct);
            if (reply.Result == Written.Done)
            {
                Tell(decision.Cart);
                return decision.Cart;
            }
            if (IsDoneBefore(reply) && await RepeatAsync(command, ct) is { } repeated)
                return repeated;
            // An event of the same id waits to be told, of an operation that was forgotten since;
            // readers would drop a second one.
            isToldAlready |= reply.FailedStep == EventStep;
        }
        throw Busy(command.Cart);
    }

    /// <summary>
    /// Takes what an order has bought out of its cart, once however often it is called, and
    /// without an event: the order's own tells of it.
    /// </summary>
    public async ValueTask TakeAsync(CartId cart, Order order, CancellationToken ct)
    {
        for (var i = 0; i < RaceLimit; i++)
        {
            if (await FindAsync(cart, ct) is not { } stored)
            {
                // Not seen is not gone: another instance may just have written it.
                if (await carts.IsThereAsync(CartDocument.PartitionOf(cart), _replica, ct))
                    continue;
                return;
            }
            var now = time.GetUtcNow();
            var rest = CartRules.Without(
                stored.Document.ToCart(),
                order.Lines.Select(line => new CartLine(line.Sku, line.Quantity)), now);
            var batch = Write(CartMarkDocument.Of(cart, order.Id, now), rest, stored.ETag);
            var reply = await RunAsync(cart, batch, ct);
            if (reply.Result == Written.Done)
            {
                broadcast.Tell(new CartChanged(rest));
                return;
            }
            if (!IsDoneBefore(reply)) continue;
            // Perhaps by a sending of ours that had no answer; telling twice is harmless.
            if (await GetAsync(cart, ct) is { } taken) broadcast.Tell(new CartChanged(taken));
            return;
        }
        throw Busy(cart);
    }

    public async ValueTask<int> CountOfAsync(VisitorId visitor, CancellationToken ct) =>
        (await ListOfAsync(visitor, ct)).Count;

    public async ValueTask<int> ForgetVisitorAsync(VisitorId visitor, CancellationToken ct)
    {
        var count = 0;
        foreach (var id in await ListOfAsync(visitor, ct))
        {
            if (await RemoveAsync(id, visitor, ct) is not { } cart) continue;
            // Whoever counts carts that hold something must know that this one does not.
            broadcast.Tell(new CartChanged(cart with { Lines = [], Version = cart.Version + 1 }));
            count++;
        }
        return count;
    }

    public async ValueTask<int> ForgetOperationsAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var old = new List<CartMarkDocument>();
        var query = new QueryDefinition(
            "SELECT TOP @limit * FROM c WHERE c.type = 'operation' AND c.at < @before")
            .WithParameter("@limit", limit).WithParameter("@before", before);
        await foreach (var mark in carts.ListAsync<CartMarkDocument>(query, ct)) old.Add(mark);
        await DeleteAsync(old, ct);
        return old.Count;
    }

    private DocumentBatch Write(CartMarkDocument mark, Cart cart, string? etag)
    {
        var document = CartDocument.Of(cart, _replica);
        var batch = new DocumentBatch().Create(mark);
        return etag is null
            ? batch.Create(document)
            : batch.Replace(_replica, document, etag);
    }

    private ValueTask<BatchReply> RunAsync(
        CartId cart, DocumentBatch batch, CancellationToken ct) =>
        carts.RunAsync(CartDocument.PartitionOf(cart), batch, ct);

    private static bool IsDoneBefore(BatchReply reply) =>
        reply is { Result: Written.Conflict, FailedStep: MarkStep };

    /// <summary>The answer to an operation that was done before; null where its cart is gone.
    /// </summary>
    private async ValueTask<Answer<Cart>?> RepeatAsync(CartCommand command, CancellationToken ct)
    {
        if (await GetAsync(command.Cart, ct) is not { } cart) return null;
        if (CartRules.CheckOwner(cart, command.Visitor) is { } foreign) return foreign;
        // Perhaps by a sending of ours that had no answer; telling twice is harmless.
        Tell(cart);
        return cart;
    }

    private void Tell(Cart cart)
    {
        broadcast.Tell(new CartChanged(cart));
        broadcast.OutboxSignal.Set();
    }

    private async ValueTask<bool> KnowsAsync(CartCommand command, CancellationToken ct) =>
        IsId(command.Operation.Value)
        && await carts.FindAsync<CartMarkDocument>(
            CartDocument.PartitionOf(command.Cart),
            CartMarkDocument.IdOf(command.Operation), ct) is not null;

    private async ValueTask<Stored<CartDocument>?> FindAsync(CartId id, CancellationToken ct) =>
        IsId(id.Value)
            ? await carts.FindAsync<CartDocument>(CartDocument.PartitionOf(id), _replica, ct)
            : null;

    // No others are ever stored, and longer ones the account would not take.
    private static bool IsId(string? id) => id is { Length: > 0 and <= CartRules.IdLengthLimit };

    /// <summary>A visitor's carts, also those that only other regions have written.</summary>
    private async ValueTask<IReadOnlyCollection<CartId>> ListOfAsync(
        VisitorId visitor, CancellationToken ct)
    {
        var found = new HashSet<CartId>();
        var query = new QueryDefinition(
            "SELECT VALUE c.cartId FROM c WHERE c.type = 'cart' AND c.visitor = @visitor")
            .WithParameter("@visitor", visitor.Value);
        await foreach (var id in carts.ListAsync<string>(query, ct)) found.Add(new(id));
        return found;
    }

    /// <summary>Removes this region's replica and all marks, but no event that is not told yet.
    /// </summary>
    private async ValueTask<Cart?> RemoveAsync(
        CartId id, VisitorId visitor, CancellationToken ct)
    {
        var partition = CartDocument.PartitionOf(id);
        for (var i = 0; i < RaceLimit; i++)
        {
            if (await FindAsync(id, ct) is not { } stored
                || stored.Document.Visitor != visitor.Value) return null;
            await DeleteAsync(await carts.QueryAsync<CartMarkDocument>(
                new("SELECT * FROM c WHERE c.type IN ('operation', 'order')"),
                partition, int.MaxValue, ct), ct);
            // The replica last: what a crash leaves is found again, and since whoever adds a mark
            // writes the replica too, no mark is left where it is still the one that was read.
            var reply = await carts.DeleteAsync(partition, _replica, stored.ETag, ct);
            if (reply.Result is Written.Done or Written.Missing) return stored.Document.ToCart();
        }
        throw Busy(id);
    }

    private async ValueTask DeleteAsync(
        IReadOnlyList<CartMarkDocument> marks, CancellationToken ct) =>
        await SideBySide.RunAsync(
            marks, mark => carts.DeleteAsync(mark.Cart, mark.Id, null, ct));

    private static StoreUnavailableException Busy(CartId cart) =>
        new($"Cart {cart} is changed by too many at once.");
}
