namespace StreamCommerce.Engine.Inventory;

/// <remarks>
/// Backorders: units that were promised, or sold, before they are there. They are counted apart
/// (<see cref="Share.Backordered"/>), since neither available nor reserved units may be fewer
/// than none. Whatever makes units available hands them first to what is sold and owed, the
/// oldest sale first; those leave at once. A reservation that is only held gets its turn when it
/// is committed.
/// </remarks>
public static partial class StockRules
{
    /// <summary>Hands available units of a product to a reservation that waits for them.</summary>
    /// <returns>Null where there is nothing to hand out.</returns>
    public static StockPlan? Backfill(
        Reservation waiting, ProductStock stock, DateTimeOffset now)
    {
        var lines = new List<ReservedLine>(waiting.Lines.Count);
        var deltas = new Dictionary<ShareKey, MovementLine>();
        var left = new long[stock.Shares.Length];
        for (var i = 0; i < left.Length; i++) left[i] = stock.Shares[i].Available;
        foreach (var line in waiting.Lines)
        {
            if (line.Backordered == 0 || line.Share.Sku != stock.Sku)
                lines.Add(line);
            else
                Hand(line, stock.Shares, left, lines, deltas);
        }
        if (deltas.Count == 0) return null;
        return new StockPlan(waiting with { Lines = lines }, Entry(
            waiting, MovementKind.Backfilled, [.. deltas.Values], now))
        { ChangesLines = true };
    }

    /// <summary>
    /// Gives up what a committed reservation still waits for: the sale is cancelled in so far.
    /// Nothing moves where it waits for nothing. What has left already comes back by a return.
    /// </summary>
    public static Answer<StockPlan> CancelBackorders(Reservation reservation, DateTimeOffset now)
    {
        if (reservation.State != ReservationState.Committed)
            return Closed(reservation, ReservationState.Released);
        if (!reservation.IsWaiting) return new StockPlan(reservation, null);
        var lines = reservation.Lines
            .Where(line => line.Backordered > 0)
            .GroupBy(line => line.Share)
            .Select(same => new MovementLine(same.Key, 0, 0, -same.Sum(l => l.Backordered)));
        var kept = reservation.Lines.Select(line => line with
        {
            Backordered = 0,
            Released = line.Released + line.Backordered,
        });
        return new StockPlan(reservation with { Lines = [.. kept] }, Entry(
            reservation, MovementKind.Released, [.. lines], now))
        { ChangesLines = true };
    }

    private static void Hand(
        ReservedLine line, ReadOnlySpan<Share> shares, long[] left, List<ReservedLine> lines,
        Dictionary<ShareKey, MovementLine> deltas)
    {
        var owed = line.Backordered;
        var own = line;
        var others = new List<ReservedLine>();
        for (var i = 0; i < shares.Length && owed > 0; i++)
        {
            var units = (int)Math.Min(owed, left[i]);
            if (units == 0) continue;
            left[i] -= units;
            owed -= units;
            Add(deltas, shares[i].Key, -units, 0);
            Add(deltas, line.Share, 0, -units);
            if (shares[i].Key == line.Share)
            {
                own = own with { Backordered = own.Backordered - units };
                continue;
            }
            // It ships from where it came to.
            own = own with
            {
                Quantity = own.Quantity - units,
                Backordered = own.Backordered - units,
            };
            others.Add(new(shares[i].Key, units));
        }
        if (own.Quantity > 0) lines.Add(own);
        lines.AddRange(others);
    }

    private static void Add(
        Dictionary<ShareKey, MovementLine> deltas, ShareKey key, long available, long backordered)
    {
        var before = deltas.GetValueOrDefault(key);
        deltas[key] = new(key, before.AvailableDelta + available, 0,
            before.BackorderedDelta + backordered);
    }
}
