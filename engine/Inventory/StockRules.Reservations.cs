using System.Diagnostics;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>A reservation as it is to be stored, and the movement that goes with it.</summary>
/// <param name="Reservation">As it is from now on.</param>
/// <param name="Movement">What moves; null where nothing does, as in a repeat.</param>
public sealed record StockPlan(Reservation Reservation, StockMovement? Movement)
{
    /// <summary>Whether its lines are others than before, not only its state.</summary>
    public bool ChangesLines { get; init; }
}

/// <remarks>Reservations: from promise to commit, release or expiry.</remarks>
public static partial class StockRules
{
    /// <summary>What is wrong with a request whatever the stock; null where nothing is.</summary>
    public static Refusal? Check(StockRequest asked)
    {
        if (CheckId(asked.Id.Value, "reservation id") is { } bad) return bad;
        if (asked.Lifetime is { } life
            && (life <= TimeSpan.Zero || life > StockPolicy.LifetimeMaximum))
        {
            return new(RefusalCode.Invalid, "a reservation's lifetime must be above zero and " +
                $"at most {StockPolicy.LifetimeMaximum}.");
        }
        return CheckLines(asked.Lines);
    }

    /// <summary>The first phase of a new reservation.</summary>
    public static StockMovement Hold(Reservation reservation, DateTimeOffset now)
    {
        var lines = new MovementLine[reservation.Lines.Count];
        var count = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = reservation.Lines[i];
            if (line.IsUntracked) continue;
            lines[count++] = new(line.Share, -line.InStock, line.InStock, line.Backordered);
        }
        if (count < lines.Length) Array.Resize(ref lines, count);
        return Entry(reservation, MovementKind.Reserved, lines, now);
    }

    /// <summary>
    /// What a repeated request for an existing reservation gets: the reservation where it asks
    /// for the same products, else a refusal.
    /// </summary>
    public static Answer<Reservation> Repeat(Reservation existing, StockRequest asked)
    {
        var held = new Dictionary<Sku, long>();
        foreach (var line in existing.Lines)
            held[line.Share.Sku] = held.GetValueOrDefault(line.Share.Sku) + line.Quantity;
        var lines = AddUp(asked.Lines);
        return lines.Count == held.Count
            && lines.All(line => held.GetValueOrDefault(line.Sku) == line.Quantity)
            && existing.Lines.All(line => line.Share.Region == asked.Region)
                ? existing
                : new Refusal(RefusalCode.IdReused,
                    $"Reservation {existing.Id} exists with other lines; use a new id.");
    }

    /// <summary>
    /// Closes a reservation. Closing it again the same way, or releasing what has expired, moves
    /// nothing; any other second closing is refused.
    /// </summary>
    /// <param name="reservation">The reservation as it is.</param>
    /// <param name="to">Committed, released or expired.</param>
    /// <param name="now">The store's clock.</param>
    public static Answer<StockPlan> Close(
        Reservation reservation, ReservationState to, DateTimeOffset now)
    {
        Debug.Assert(to != ReservationState.Held, "A reservation is never opened again.");
        if (reservation.State == to
            || (to == ReservationState.Released && reservation.State == ReservationState.Expired))
        {
            return new StockPlan(reservation, null);
        }
        if (CheckOpen(reservation, to, now) is { } refusal) return refusal;
        var isCommit = to == ReservationState.Committed;
        var lines = new List<MovementLine>(reservation.Lines.Count);
        foreach (var line in reservation.Lines)
        {
            // Units that are sold and not there stay owed.
            if (line.IsUntracked || (isCommit && line.InStock == 0)) continue;
            lines.Add(isCommit
                ? new(line.Share, 0, -line.InStock)
                : new(line.Share, line.InStock, -line.InStock, -line.Backordered));
        }
        var kind = isCommit ? MovementKind.Committed
            : to == ReservationState.Released ? MovementKind.Released : MovementKind.Expired;
        return new StockPlan(
            reservation with { State = to }, Entry(reservation, kind, lines, now));
    }

    /// <summary>
    /// Commits a part; the rest is released in the same movement, and the reservation is closed.
    /// So the reservation's id alone tells a repeat: the same part again moves nothing, another
    /// one is refused. Units that are there are committed before those that are owed.
    /// </summary>
    /// <param name="reservation">The reservation as it is.</param>
    /// <param name="part">1 unit or more of each product that it names.</param>
    /// <param name="now">The store's clock.</param>
    public static Answer<StockPlan> CommitPart(
        Reservation reservation, IReadOnlyList<StockLine> part, DateTimeOffset now)
    {
        if (CheckLines(part) is { } bad) return bad;
        var left = AddUp(part).ToDictionary(line => line.Sku, line => line.Quantity);
        if (reservation.State == ReservationState.Committed)
        {
            return IsPart(reservation, left)
                ? new StockPlan(reservation, null)
                : Closed(reservation, ReservationState.Committed);
        }
        if (CheckOpen(reservation, ReservationState.Committed, now) is { } refusal) return refusal;
        var kept = new ReservedLine[reservation.Lines.Count];
        for (var i = 0; i < kept.Length; i++)
        {
            // Of what is not tracked nothing is "there"; it counts as if it were.
            var line = reservation.Lines[i];
            var there = line.Quantity - line.Backordered;
            kept[i] = line with { Backordered = 0, Released = line.Quantity - Take(line, there) };
        }
        for (var i = 0; i < kept.Length; i++)
        {
            var owed = Take(kept[i], reservation.Lines[i].Backordered);
            kept[i] = kept[i] with { Backordered = owed, Released = kept[i].Released - owed };
        }
        if (left.Values.Any(units => units > 0)) return TooMany(reservation, part);
        var closed = reservation with { State = ReservationState.Committed, Lines = kept };
        return new StockPlan(closed, Entry(reservation, MovementKind.Committed,
            PartLines(reservation, closed), now))
        { ChangesLines = true };

        int Take(ReservedLine line, int units)
        {
            var wanted = left.GetValueOrDefault(line.Share.Sku);
            var taken = Math.Min(wanted, units);
            if (taken > 0) left[line.Share.Sku] = wanted - taken;
            return taken;
        }
    }

    /// <summary>
    /// A held reservation whose payment begins: it holds at least for the shortest payment
    /// lifetime of its products from now on.
    /// </summary>
    public static Answer<Reservation> Extend(
        Reservation reservation, TimeSpan paymentLifetime, DateTimeOffset now)
    {
        if (CheckOpen(reservation, ReservationState.Committed, now) is { } refusal) return refusal;
        var until = now + paymentLifetime;
        return until > reservation.ExpiresAt ? reservation with { ExpiresAt = until } : reservation;
    }

    private static List<MovementLine> PartLines(Reservation before, Reservation after)
    {
        var lines = new List<MovementLine>(before.Lines.Count);
        for (var i = 0; i < before.Lines.Count; i++)
        {
            var (old, now) = (before.Lines[i], after.Lines[i]);
            if (old.IsUntracked) continue;
            lines.Add(new(old.Share, old.InStock - now.InStock, -old.InStock,
                now.Backordered - old.Backordered));
        }
        return lines;
    }

    private static bool IsPart(Reservation committed, Dictionary<Sku, int> part) =>
        committed.Lines.GroupBy(line => line.Share.Sku).All(same =>
            same.Sum(line => line.Quantity - line.Released) == part.GetValueOrDefault(same.Key))
        && part.Keys.All(sku => committed.Lines.Any(line => line.Share.Sku == sku));

    private static Refusal? CheckOpen(
        Reservation reservation, ReservationState to, DateTimeOffset now)
    {
        var due = reservation.ExpiresAt <= now;
        return reservation.State != ReservationState.Held
            || (to == ReservationState.Committed && due)
            || (to == ReservationState.Expired && !due)
                ? Closed(reservation, to)
                : null;
    }

    private static Refusal Closed(Reservation reservation, ReservationState to) => new(
        RefusalCode.ReservationClosed,
        $"Reservation {reservation.Id} is {reservation.State}, " +
        $"its end {reservation.ExpiresAt:O}; it cannot be {to} now.");

    private static Refusal TooMany(Reservation reservation, IReadOnlyList<StockLine> part)
    {
        var over = AddUp(part).Select(line => new RefusedLine(line.Sku, line.Quantity,
                reservation.Lines.Where(held => held.Share.Sku == line.Sku)
                    .Sum(held => (long)held.Quantity)))
            .Where(line => line.Asked > line.Available).ToList();
        return new(RefusalCode.InvalidQuantity, $"{over[0].Sku}: reservation {reservation.Id} " +
            $"holds {over[0].Available} units, not {over[0].Asked}.")
        { Lines = over };
    }

    private static StockMovement Entry(
        Reservation reservation, MovementKind kind, IReadOnlyList<MovementLine> lines,
        DateTimeOffset now) => new(new(reservation.Id.Value), kind, lines, null, now);
}
