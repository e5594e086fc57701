using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage;

/// <summary>The stock's port over units of work.</summary>
internal sealed class StockStore(IShopRunner runner) : IStockStore
{
    public ValueTask<Share> GetAsync(ShareKey key, CancellationToken ct) =>
        runner.ReadAsync(tx => Find(tx, key), ct);

    public ValueTask<IReadOnlyList<Share>> GetManyAsync(
        IReadOnlyList<ShareKey> keys, CancellationToken ct) =>
        runner.ReadAsync<IReadOnlyList<Share>>(
            tx => [.. keys.Select(key => Find(tx, key))], ct);

    public ValueTask<Answer<Share>> AdjustAsync(
        StockAdjustment adjustment, CancellationToken ct) =>
        runner.WriteAsync(tx => Adjust(tx, adjustment), ct);

    public ValueTask<Answer<Reservation>> ReserveAsync(
        ReserveStock reserve, CancellationToken ct) =>
        runner.WriteAsync(tx => Reserve(tx, reserve), ct);

    public ValueTask<Answer<Reservation>> CommitAsync(ReservationId id, CancellationToken ct) =>
        runner.WriteAsync(tx => Close(tx, id, ReservationState.Committed), ct);

    public ValueTask<Answer<Reservation>> ReleaseAsync(ReservationId id, CancellationToken ct) =>
        runner.WriteAsync(tx => Close(tx, id, ReservationState.Released), ct);

    public ValueTask<Reservation?> GetReservationAsync(ReservationId id, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Stock.Find(id), ct);

    public ValueTask<int> ExpireDueAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.WriteAsync(
            tx =>
            {
                var due = tx.Stock.ListDue(tx.Now, limit);
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

    /// <summary>Promises all lines within a unit of work, or names every shortfall.</summary>
    internal static Answer<Reservation> Reserve(IShopTransaction tx, StockRequest asked) =>
        Reserve(tx, new ReserveStock(
            asked.Id,
            [.. asked.Lines.GroupBy(line => line.Sku).Select(same => new ReservedLine(
                new(same.Key, asked.Region), checked(same.Sum(line => line.Quantity))))],
            asked.Lifetime ?? StockRules.DefaultLifetime));

    /// <summary>
    /// The promised units leave, within a unit of work: all of them, or those that are named,
    /// and then the rest is released.
    /// </summary>
    internal static Answer<Reservation> Commit(
        IShopTransaction tx, ReservationId id, IReadOnlyList<StockLine>? part = null) =>
        part is null
            ? Close(tx, id, ReservationState.Committed)
            : new Refusal(RefusalCode.Invalid, "A part cannot be committed yet.");

    /// <summary>The promised units come back, within a unit of work.</summary>
    internal static Answer<Reservation> Release(IShopTransaction tx, ReservationId id) =>
        Close(tx, id, ReservationState.Released);

    /// <summary>Puts returned units back, within a unit of work, once an operation.</summary>
    internal static Answer<RestockUnits> Restock(IShopTransaction tx, RestockUnits asked)
    {
        foreach (var line in asked.Lines)
        {
            var answer = Adjust(tx, new(
                new($"{asked.Operation}/{line.Sku}"), new(line.Sku, asked.Region), line.Quantity,
                MovementKind.Received, asked.Reason));
            if (answer.Refusal is { } refusal) return refusal;
        }
        return asked;
    }

    /// <summary>Writes movements and the shares that they add up to, each share once.</summary>
    internal static void Apply(
        IShopTransaction tx,
        IReadOnlyDictionary<ShareKey, Share> shares,
        params ReadOnlySpan<IReadOnlyList<StockMovement>> plans)
    {
        var moved = new Dictionary<ShareKey, Share>(shares.Count);
        foreach (var movements in plans)
        {
            foreach (var movement in movements)
            {
                tx.Stock.Append(movement);
                var before = moved.TryGetValue(movement.Share, out var share)
                    ? share
                    : shares[movement.Share];
                moved[movement.Share] = before.Apply(movement);
            }
        }
        foreach (var share in moved.Values)
        {
            tx.Stock.Put(share);
            tx.Tell(new StockChanged(
                share.Key.Sku, share.Key.Region, share.Available, share.Version));
        }
    }

    /// <summary>The shares of the lines, as they are now.</summary>
    internal static Dictionary<ShareKey, Share> FindAll(
        IShopTransaction tx, IEnumerable<ShareKey> keys)
    {
        var shares = new Dictionary<ShareKey, Share>();
        foreach (var key in keys) shares[key] = Find(tx, key);
        return shares;
    }

    private static Share Find(IShopTransaction tx, ShareKey key) =>
        tx.Stock.Find(key) ?? Share.Empty(key);

    private static Answer<Share> Adjust(IShopTransaction tx, StockAdjustment asked)
    {
        var share = Find(tx, asked.Share);
        var decided = StockRules.Adjust(share, asked, tx.Now);
        if (tx.Stock.FindAdjustment(asked.Operation) is { } done)
        {
            return done.Share == asked.Share && done.AvailableDelta == asked.Delta
                && done.Kind == asked.Kind
                ? share
                : new Refusal(RefusalCode.IdReused,
                    $"Operation {asked.Operation} was used for another adjustment.");
        }
        if (!decided.Is(out var movement, out var refusal)) return refusal;
        Apply(tx, new Dictionary<ShareKey, Share> { [share.Key] = share }, [movement]);
        return share.Apply(movement);
    }

    private static Answer<Reservation> Reserve(IShopTransaction tx, ReserveStock asked)
    {
        if (tx.Stock.Find(asked.Id) is { } existing) return StockRules.Repeat(existing, asked);
        var shares = FindAll(tx, asked.Lines.Select(line => line.Share));
        if (!StockRules.Reserve(asked, shares, tx.Now).Is(out var plan, out var refusal))
            return refusal;
        tx.Stock.Add(plan.Reservation);
        Apply(tx, shares, plan.Movements);
        return plan.Reservation;
    }

    private static Answer<Reservation> Close(
        IShopTransaction tx, ReservationId id, ReservationState to)
    {
        if (tx.Stock.Find(id) is not { } reservation)
            return new Refusal(RefusalCode.UnknownReservation, $"There is no reservation {id}.");
        if (!StockRules.Close(reservation, to, tx.Now).Is(out var plan, out var refusal))
            return refusal;
        if (plan.Movements.Count == 0) return plan.Reservation;
        tx.Stock.SetState(id, plan.Reservation.State);
        Apply(tx, FindAll(tx, reservation.Lines.Select(line => line.Share)), plan.Movements);
        return plan.Reservation;
    }
}
