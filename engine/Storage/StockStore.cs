using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>
/// The stock's port over units of work. The static calls are for units that do more than stock,
/// as a checkout: each is a whole operation, with its rules and its idempotence.
/// </summary>
internal sealed class StockStore(IShopRunner runner) : IStockStore
{
    // Reservations of the line for a product that are looked at in one go.
    private const int WaitingPage = 100;

    public ValueTask<Share> GetAsync(ShareKey key, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Stock.Load(key.Sku, key.Region).Find(key), ct);

    public ValueTask<IReadOnlyList<Share>> ListAsync(
        Sku sku, StockRegion region, CancellationToken ct) =>
        runner.ReadAsync<IReadOnlyList<Share>>(
            tx => tx.Stock.Load(sku, region).Shares.ToArray(), ct);

    public ValueTask<IReadOnlyList<StockLevel>> GetLevelsAsync(
        IReadOnlyList<Sku> skus, StockRegion region, CancellationToken ct) =>
        runner.ReadAsync<IReadOnlyList<StockLevel>>(
            tx => [.. skus.Select(sku => tx.Stock.Load(sku, region).ToLevel())], ct);

    public ValueTask<IReadOnlyList<StockLevel>> SweepLevelsAsync(
        (Sku Sku, StockRegion Region)? after, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StockRules.SweepMaximum);
        return runner.ReadAsync(tx => tx.Stock.ListLevels(after, limit), ct);
    }

    public ValueTask<Answer<Share>> AdjustAsync(
        StockAdjustment adjustment, CancellationToken ct) =>
        runner.WriteAsync(tx => Adjust(tx, adjustment), ct);

    public ValueTask<Answer<StockMovement>> RestockAsync(
        RestockUnits restock, CancellationToken ct) =>
        runner.WriteAsync(tx => Restock(tx, restock), ct);

    public ValueTask<Answer<Reservation>> ReserveAsync(
        StockRequest request, CancellationToken ct) =>
        runner.WriteAsync(tx => Reserve(tx, request), ct);

    public ValueTask<Answer<Reservation>> CommitAsync(ReservationId id, CancellationToken ct) =>
        runner.WriteAsync(tx => Commit(tx, id), ct);

    public ValueTask<Answer<Reservation>> CommitPartAsync(
        ReservationId id, IReadOnlyList<StockLine> part, CancellationToken ct) =>
        runner.WriteAsync(tx => Commit(tx, id, part), ct);

    public ValueTask<Answer<Reservation>> ReleaseAsync(ReservationId id, CancellationToken ct) =>
        runner.WriteAsync(tx => Release(tx, id), ct);

    public ValueTask<Answer<Reservation>> ExtendAsync(ReservationId id, CancellationToken ct) =>
        runner.WriteAsync(tx => Extend(tx, id), ct);

    public ValueTask<Answer<Reservation>> CancelBackordersAsync(
        ReservationId id, CancellationToken ct) =>
        runner.WriteAsync(tx => CancelBackorders(tx, id), ct);

    public ValueTask<Reservation?> GetReservationAsync(ReservationId id, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Reservations.Find(id), ct);

    public ValueTask<int> ExpireDueAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.WriteAsync(
            tx =>
            {
                var due = tx.Reservations.ListDue(tx.Now, limit);
                foreach (var id in due) Close(tx, id, ReservationState.Expired);
                return due.Count;
            },
            ct);
    }

    public ValueTask<IReadOnlyList<StockMovement>> ReadMovementsAsync(
        long afterNumber, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.ReadAsync(tx => tx.Stock.ListMovements(afterNumber, limit), ct);
    }

    /// <summary>
    /// Promises all lines, over warehouses and buckets, or names every shortfall. Repeated with
    /// the same id and lines it gives the first answer.
    /// </summary>
    internal static Answer<Reservation> Reserve(IShopTransaction tx, StockRequest asked)
    {
        if (StockRules.Check(asked) is { } invalid) return invalid;
        var lines = StockRules.AddUp(asked.Lines);
        var stocks = new ProductStock[lines.Count];
        for (var i = 0; i < stocks.Length; i++)
            stocks[i] = tx.Stock.Load(lines[i].Sku, asked.Region);
        var answer = StockAllocation.Allocate(asked, lines, stocks, tx.Now);
        // A new id is the rule: it is looked up only where it cannot be added.
        if (answer.Is(out var reservation, out _) && tx.Reservations.TryAdd(reservation))
        {
            tx.Stock.Append(StockRules.Hold(reservation, tx.Now));
            return reservation;
        }
        return tx.Reservations.Find(asked.Id) is { } existing
            ? StockRules.Repeat(existing, asked)
            : answer;
    }

    /// <summary>
    /// The promised units leave: all of them, or those of <paramref name="part"/>, and then the
    /// rest comes back. Units that are not there yet leave when they come.
    /// </summary>
    internal static Answer<Reservation> Commit(
        IShopTransaction tx, ReservationId id, IReadOnlyList<StockLine>? part = null)
    {
        if (part is null) return Close(tx, id, ReservationState.Committed);
        if (tx.Reservations.Find(id) is not { } reservation) return Unknown(id);
        return StockRules.CommitPart(reservation, part, tx.Now).Is(out var plan, out var refusal)
            ? Apply(tx, plan)
            : refusal;
    }

    /// <summary>The promised units come back.</summary>
    internal static Answer<Reservation> Release(IShopTransaction tx, ReservationId id) =>
        Close(tx, id, ReservationState.Released);

    /// <summary>Its payment begins: it holds for the payment lifetime from now, at least.
    /// </summary>
    internal static Answer<Reservation> Extend(IShopTransaction tx, ReservationId id)
    {
        if (tx.Reservations.Find(id) is not { } reservation) return Unknown(id);
        var lifetime = StockPolicy.LifetimeMaximum;
        foreach (var line in reservation.Lines)
        {
            var policy = tx.Stock.Load(line.Share.Sku, line.Share.Region).Policy;
            if (policy.PaymentLifetime < lifetime) lifetime = policy.PaymentLifetime;
        }
        var answer = StockRules.Extend(reservation, lifetime, tx.Now);
        if (answer.Is(out var extended, out _) && extended != reservation)
            tx.Reservations.Put(extended);
        return answer;
    }

    /// <summary>Gives up what a committed reservation still waits for.</summary>
    internal static Answer<Reservation> CancelBackorders(IShopTransaction tx, ReservationId id)
    {
        if (tx.Reservations.Find(id) is not { } reservation) return Unknown(id);
        if (!StockRules.CancelBackorders(reservation, tx.Now).Is(out var plan, out var refusal))
            return refusal;
        if (plan.Movement is not null) tx.Reservations.DequeueAll(id);
        return Apply(tx, plan);
    }

    /// <summary>Puts returned units back, once an operation.</summary>
    internal static Answer<StockMovement> Restock(IShopTransaction tx, RestockUnits asked)
    {
        ProductStock[] stocks =
            [.. asked.Lines.Select(line => tx.Stock.Load(line.Sku, asked.Region))];
        return Once(tx, StockRules.Restock(asked, stocks, tx.Now), asked.Operation);
    }

    /// <summary>Does what an operation decided, where its id is new.</summary>
    internal static Answer<StockMovement> Once(
        IShopTransaction tx, Answer<StockMovement> decided, OperationId operation)
    {
        if (tx.Stock.FindOperation(operation) is { } done)
        {
            if (!decided.Is(out var asked, out var no)) return no;
            return StockRules.CheckRepeat(done, asked) is { } refusal ? refusal : done;
        }
        if (decided.Is(out var movement, out _)) Append(tx, movement);
        return decided;
    }

    /// <summary>Moves stock, and hands what became available to those who wait for it.</summary>
    internal static void Append(IShopTransaction tx, StockMovement movement)
    {
        if (movement.Lines.Count > 0 || StockMovement.IsOnce(movement.Kind))
            tx.Stock.Append(movement);
        foreach (var line in movement.Lines)
            if (line.AvailableDelta > 0) Backfill(tx, line.Share.Sku, line.Share.Region);
    }

    private static Answer<Share> Adjust(IShopTransaction tx, StockAdjustment asked)
    {
        var stock = tx.Stock.Load(asked.Share.Sku, asked.Share.Region);
        var decided = StockRules.Adjust(stock.Find(asked.Share), asked, tx.Now);
        if (tx.Stock.FindOperation(asked.Operation) is { } done)
        {
            var isSame = done.Kind == asked.Kind && done.Lines.Count == 1
                && done.Lines[0] == new MovementLine(asked.Share, asked.Delta, 0);
            return isSame ? stock.Find(asked.Share) : StockRules.Reused(done);
        }
        if (!decided.Is(out var movement, out var refusal)) return refusal;
        Append(tx, movement);
        return stock.Find(asked.Share);
    }

    private static Answer<Reservation> Close(
        IShopTransaction tx, ReservationId id, ReservationState to)
    {
        if (tx.Reservations.Find(id) is not { } reservation) return Unknown(id);
        return StockRules.Close(reservation, to, tx.Now).Is(out var plan, out var refusal)
            ? Apply(tx, plan)
            : refusal;
    }

    private static Reservation Apply(IShopTransaction tx, StockPlan plan)
    {
        if (plan.Movement is not { } movement) return plan.Reservation;
        var reservation = plan.Reservation;
        if (plan.ChangesLines) tx.Reservations.Put(reservation);
        else tx.Reservations.SetState(reservation, reservation.State);
        Append(tx, movement);
        if (movement.Kind != MovementKind.Committed || !reservation.IsWaiting) return reservation;
        foreach (var product in reservation.Lines.Where(line => line.Backordered > 0)
            .Select(line => (line.Share.Sku, line.Share.Region)).Distinct())
        {
            tx.Reservations.Enqueue(product.Sku, product.Region, reservation.Id);
            Backfill(tx, product.Sku, product.Region);
        }
        return tx.Reservations.Find(reservation.Id)!;
    }

    private static void Backfill(IShopTransaction tx, Sku sku, StockRegion region)
    {
        var stock = tx.Stock.Load(sku, region);
        while (stock.Available > 0 && stock.Backordered > 0)
        {
            var page = tx.Reservations.ListWaiting(sku, region, WaitingPage);
            foreach (var place in page)
            {
                if (stock.Available == 0) return;
                var waiting = tx.Reservations.Find(place.Reservation)!;
                if (StockRules.Backfill(waiting, stock, tx.Now) is { } plan)
                {
                    waiting = plan.Reservation;
                    tx.Reservations.Put(waiting);
                    tx.Stock.Append(plan.Movement!);
                }
                // Who got less than all keeps the place; then nothing is left for others.
                if (waiting.Lines.All(line => line.Share.Sku != sku || line.Backordered == 0))
                    tx.Reservations.Dequeue(place);
            }
            if (page.Count < WaitingPage) return;
        }
    }

    private static Refusal Unknown(ReservationId id) =>
        new(RefusalCode.UnknownReservation, $"There is no reservation {id}.");
}
