using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Simulation;

/// <summary>An invariant does not hold.</summary>
internal sealed class BrokenInvariantException(string what) : Exception(what);

/// <summary>
/// What must hold after every step. After each write: the movements that it added, the shares
/// that they touched and the orders that it changed; all shares and reservations after every
/// eighth. After each effect at a bank: all of that order's money.
/// </summary>
internal sealed class Books(SimulatedShop shop)
{
    // A round of housekeeping is three writes, after the second at which it begins.
    private static readonly TimeSpan SweepLimit =
        Housekeeping.Interval + 8 * Chance.StoreDelayMaximum;

    private const int FullCheckEvery = 8;

    private readonly Dictionary<ShareKey, ShareCounts> _sums = [];
    private readonly Dictionary<OrderId, Order> _orders = [];
    private readonly Dictionary<VisitorId, OrderId> _byBuyer = [];
    private readonly Dictionary<(string Order, Sku Sku), long> _sold = [];
    private readonly HashSet<ShareKey> _touched = [];
    private long _movements, _writes;
    private DateTimeOffset? _firstEnd;

    public static void Require(bool holds, string what)
    {
        if (!holds) throw new BrokenInvariantException(what);
    }

    /// <summary>After each thing that happens.</summary>
    public void CheckStep()
    {
        var now = shop.World.Now;
        Require(shop.HealthySince is not { } since || since + SweepLimit >= now
            || _firstEnd is not { } end || end + SweepLimit >= now,
            "a held reservation outlives its end");
    }

    public void CheckWrite() => shop.Read(state =>
    {
        if (shop.Durable.IsOneUnit) CheckMovements(state);
        foreach (var order in state.Orders)
        {
            var before = _orders.GetValueOrDefault(order.Id);
            if (before?.Version == order.Version) continue;
            Check(before, order);
            _orders[order.Id] = order;
        }
        Require(state.CouponUses <= Wares.CouponUses,
            "a coupon was used more often than it may be");
        if (shop.Durable.IsOneUnit) _firstEnd = state.FirstEnd;
        if (++_writes % FullCheckEvery != 0) return;
        if (shop.Durable.IsOneUnit) CheckAllStock(state);
        else CheckShares(state);
    });

    /// <summary>Each share is what its own ledger adds up to, and never less than none.</summary>
    private static void CheckShares(IDurableState state)
    {
        var sums = new Dictionary<ShareKey, ShareCounts>();
        foreach (var line in state.Movements(0).SelectMany(movement => movement.Lines))
        {
            var sum = sums.GetValueOrDefault(line.Share);
            sums[line.Share] = new(sum.Available + line.AvailableDelta,
                sum.Reserved + line.ReservedDelta, sum.Backordered + line.BackorderedDelta);
        }
        foreach (var share in state.Shares)
        {
            var counts = new ShareCounts(share.Available, share.Reserved, share.Backordered);
            Require(counts is { Available: >= 0, Reserved: >= 0, Backordered: >= 0 }
                && counts == sums.GetValueOrDefault(share.Key),
                $"{share} is not what its ledger says: {sums.GetValueOrDefault(share.Key)}");
        }
    }

    private void CheckMovements(IDurableState state)
    {
        var shares = state.Shares.ToDictionary(share => share.Key);
        foreach (var movement in state.Movements(_movements)) Check(state, movement);
        foreach (var key in _touched) Check(shares[key]);
        _touched.Clear();
    }

    /// <summary>The ledger and the reservations add up to the shares.</summary>
    public static void CheckAllStock(IDurableState state)
    {
        var sum = new StockReconciliation();
        foreach (var movement in state.Movements(0)) sum.Add(movement);
        foreach (var reservation in state.OpenReservations) sum.Add(reservation);
        foreach (var share in state.Shares) sum.Check(share);
        var report = sum.Finish();
        Require(report.DifferenceCount == 0,
            "ledger and reservations differ from the shares: " +
            string.Join("; ", report.Differences.Select(one => $"{one}: " +
                string.Join(", ", LedgerOf(state, one.Share)) + "; open: " +
                string.Join(", ", state.OpenReservations
                    .Where(open => open.Lines.Any(line => line.Share == one.Share))
                    .Select(open => $"{open.Id} {open.State} {string.Join(" ", open.Lines)}")))));
    }

    /// <summary>What the ledger says of a share, for whoever has to find out why.</summary>
    public static IEnumerable<string> LedgerOf(IDurableState state, ShareKey share) =>
        state.Movements(0).SelectMany(one => one.Lines
            .Where(line => line.Share == share)
            .Select(line => $"{one.At:T} {one.Kind} {one.Operation} {line.AvailableDelta} " +
                $"{line.ReservedDelta} {line.BackorderedDelta}"));

    public void CheckEffect(Bank bank, BankEntry entry, string? broken)
    {
        var asked = entry.Asked;
        Require(broken is null, $"{asked.Kind} {asked.Id} at bank {bank.Name}: {broken}");
        Order? order = null;
        shop.Read(state => order = state.Find(asked.Order));
        Require(order is not null, $"{asked.Id}: money moved for an order that is not there");
        Require(order!.Payments.Any(one => one.Id == asked.Id),
            $"{asked.Id} was sent before it was stored");
        Require(asked.Kind != PaymentKind.Capture || order.Progress.PlacedAt is not null,
            $"{asked.Id}: money was taken for an order that was never placed");
        var live = 0;
        foreach (var one in shop.Banks.SelectMany(other => other.Entries))
        {
            if (one.Asked.Order != asked.Order) continue;
            if (one.IsLive) live++;
            Require(one.Captured <= one.Asked.Amount.Amount && one.Refunded <= one.Captured,
                $"{one.Asked.Id}: refunded {one.Refunded} <= captured {one.Captured} <= " +
                $"authorized {one.Asked.Amount} does not hold");
        }
        Require(live <= 1, $"order {asked.Order} has {live} live authorizations");
    }

    private void Check(IDurableState state, StockMovement movement)
    {
        _movements++;
        var id = movement.Operation.Value;
        var whose = OrderOf(id);
        shop.Trace.Add(movement.Kind.ToString(), id);
        if (movement.Kind is MovementKind.Committed or MovementKind.Expired)
        {
            var end = state.Find(new ReservationId(id))!.ExpiresAt;
            Require(end > movement.At == (movement.Kind == MovementKind.Committed),
                $"reservation {id} was {movement.Kind} at {movement.At:T}, its end is {end:T}");
        }
        foreach (var line in movement.Lines)
        {
            var sum = _sums.GetValueOrDefault(line.Share);
            _touched.Add(line.Share);
            _sums[line.Share] = sum = new(
                sum.Available + line.AvailableDelta, sum.Reserved + line.ReservedDelta,
                sum.Backordered + line.BackorderedDelta);
            Require(sum is { Available: >= 0, Reserved: >= 0, Backordered: >= 0 },
                $"{line.Share} is negative: {sum}");
            if (movement.Kind is not (MovementKind.Committed or MovementKind.Backfilled
                or MovementKind.Restocked)) continue;
            var key = (whose, line.Share.Sku);
            var units = -line.AvailableDelta - line.ReservedDelta;
            _sold[key] = _sold.GetValueOrDefault(key) + units;
            Require(movement.Kind != MovementKind.Restocked || _sold[key] >= 0,
                $"{id}: more units came back than were sold");
        }
    }

    // An order's reservation is called by its id, and its restocks begin with it.
    private static string OrderOf(string operation)
    {
        const string prefix = "order:";
        var id = operation.StartsWith(prefix, StringComparison.Ordinal)
            ? operation[prefix.Length..] : operation;
        return id.Length > 32 ? id[..32] : id;
    }

    private void Check(Share share)
    {
        var counts = new ShareCounts(share.Available, share.Reserved, share.Backordered);
        Require(counts == _sums[share.Key],
            $"{share} is not what its ledger says: {_sums[share.Key]}");
    }

    private void Check(Order? before, Order after)
    {
        shop.Trace.Add("order", after.Id.Value, after.State.ToString());
        if (before is null)
        {
            Require(_byBuyer.TryAdd(after.Terms.Visitor, after.Id),
                $"the key of {after.Terms.Visitor} began a second order");
            return;
        }
        Require(after.Version == before.Version + 1, $"order {after.Id} skipped a version");
        Require(after.Total == before.Total && after.Terms.StartedAt == before.Terms.StartedAt
            && (!shop.Durable.IsOneUnit || ReferenceEquals(after.Terms, before.Terms)),
            $"order {after.Id} changed its terms");
        Require(before.Progress.PlacedAt is not { } placed || after.Progress.PlacedAt == placed,
            $"order {after.Id} is not placed any more");
        Require(after.Payments.Count >= before.Payments.Count
            && before.Payments.Select(one => one.Id)
                .SequenceEqual(after.Payments.Take(before.Payments.Count).Select(one => one.Id)),
            $"order {after.Id} lost a payment operation");
        Require(after.Payments.Count(one => one.IsOpen) <= 1,
            $"order {after.Id} has two payment operations under way");
    }
}
