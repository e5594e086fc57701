using System.Diagnostics;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>A reservation as it is to be stored, and the movements that go with it.</summary>
public sealed record StockPlan(Reservation Reservation, IReadOnlyList<StockMovement> Movements);

/// <summary>
/// The rules of stock, pure: state, command and time in, a decision out. Two phases: units are
/// first promised (available to reserved), then leave (committed) or come back (released,
/// expired). No decision makes a count negative.
/// </summary>
public static class StockRules
{
    /// <summary>Lines of a reservation: those of one event, so an order is one.</summary>
    public const int LineCountLimit = EventRules.LineCountLimit;

    /// <summary>Units of one adjustment; a billion leaves room to add up in 64 bits.</summary>
    public const int DeltaLimit = 1_000_000_000;

    /// <summary>Characters of a reason.</summary>
    public const int ReasonLengthLimit = 500;

    /// <summary>How long a reservation holds unless something else is said.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(10);

    /// <summary>What an adjustment moves, or why it does not.</summary>
    public static Answer<StockMovement> Adjust(
        Share share, StockAdjustment asked, DateTimeOffset now)
    {
        if (CheckId(asked.Operation.Value, "operation id") is { } badId) return badId;
        if (asked.Delta is 0 or < -DeltaLimit or > DeltaLimit)
        {
            return new Refusal(RefusalCode.InvalidQuantity,
                $"delta must be -{DeltaLimit} to {DeltaLimit} and not 0.")
            { Lines = [new(asked.Share.Sku, asked.Delta)] };
        }
        if (asked.Kind is not (MovementKind.Received or MovementKind.Adjusted)
            || (asked.Kind == MovementKind.Received && asked.Delta < 0))
        {
            return new Refusal(RefusalCode.Invalid,
                "stock is received in positive numbers, or adjusted.");
        }
        if (asked.Reason?.Length > ReasonLengthLimit)
        {
            return new Refusal(RefusalCode.Invalid,
                $"reason has over {ReasonLengthLimit} characters.");
        }
        if (share.Available + asked.Delta < 0)
        {
            return new Refusal(RefusalCode.OutOfStock,
                $"{share.Key.Sku} has {share.Available} available; {-asked.Delta} cannot leave.")
            { Lines = [new(share.Key.Sku, -asked.Delta, share.Available)] };
        }
        return new StockMovement(
            asked.Operation, asked.Kind, asked.Share, asked.Delta, 0, asked.Reason, now);
    }

    /// <summary>The new reservation, or every line that falls short.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="shares">The shares of the lines, as they are now.</param>
    /// <param name="now">The store's clock.</param>
    public static Answer<StockPlan> Reserve(
        ReserveStock asked, IReadOnlyDictionary<ShareKey, Share> shares, DateTimeOffset now)
    {
        if (CheckLines(asked) is { } refusal) return refusal;
        List<RefusedLine>? shortfalls = null;
        foreach (var line in asked.Lines)
        {
            var available = shares[line.Share].Available;
            if (available < line.Quantity)
                (shortfalls ??= []).Add(new(line.Share.Sku, line.Quantity, available));
        }
        if (shortfalls is not null)
        {
            return new Refusal(RefusalCode.OutOfStock,
                "Not enough is available: " + string.Join(", ", shortfalls
                    .Take(5).Select(l => $"{l.Sku} ({l.Asked} asked, {l.Available} left)"))
                + (shortfalls.Count > 5 ? ", …" : "."))
            { Lines = shortfalls };
        }
        var held = new Reservation(
            asked.Id, asked.Lines, ReservationState.Held, now + asked.Lifetime);
        return Move(held, MovementKind.Reserved, -1, +1, now);
    }

    /// <summary>
    /// What a repeated request for an existing reservation gets: the reservation where it asks
    /// for the same lines, else a refusal.
    /// </summary>
    public static Answer<Reservation> Repeat(Reservation existing, ReserveStock asked) =>
        existing.Lines.OrderBy(l => l.Share.ToString(), StringComparer.Ordinal).SequenceEqual(
            asked.Lines.OrderBy(l => l.Share.ToString(), StringComparer.Ordinal))
            ? existing
            : new Refusal(RefusalCode.IdReused,
                $"Reservation {existing.Id} exists with other lines; use a new id.");

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
            return new StockPlan(reservation, []);
        }
        var due = reservation.ExpiresAt <= now;
        if (reservation.State != ReservationState.Held
            || (to == ReservationState.Committed && due)
            || (to == ReservationState.Expired && !due))
        {
            return new Refusal(RefusalCode.ReservationClosed,
                $"Reservation {reservation.Id} is {reservation.State}, " +
                $"its end {reservation.ExpiresAt:O}; it cannot be {to} now.");
        }
        var closed = reservation with { State = to };
        return to switch
        {
            ReservationState.Committed => Move(closed, MovementKind.Committed, 0, -1, now),
            ReservationState.Released => Move(closed, MovementKind.Released, +1, -1, now),
            _ => Move(closed, MovementKind.Expired, +1, -1, now),
        };
    }

    private static StockPlan Move(
        Reservation reservation, MovementKind kind, int available, int reserved,
        DateTimeOffset now)
    {
        var operation = new OperationId(reservation.Id.Value);
        var movements = new StockMovement[reservation.Lines.Count];
        for (var i = 0; i < movements.Length; i++)
        {
            var (share, quantity) = reservation.Lines[i];
            movements[i] = new(operation, kind, share,
                (long)available * quantity, (long)reserved * quantity, null, now);
        }
        return new StockPlan(reservation, movements);
    }

    private static Refusal? CheckLines(ReserveStock asked)
    {
        if (CheckId(asked.Id.Value, "reservation id") is { } badId) return badId;
        if (asked.Lifetime <= TimeSpan.Zero)
            return new(RefusalCode.Invalid, "a reservation's lifetime must be above zero.");
        if (asked.Lines.Count is 0 or > LineCountLimit)
        {
            return new(RefusalCode.LineLimit,
                $"a reservation has 1 to {LineCountLimit} lines, not {asked.Lines.Count}.");
        }
        var seen = new HashSet<ShareKey>(asked.Lines.Count);
        foreach (var line in asked.Lines)
        {
            if (line.Quantity is < 1 or > EventRules.QuantityLimit)
            {
                return new(RefusalCode.InvalidQuantity,
                    $"{line.Share.Sku} asks for {line.Quantity} units; " +
                    $"1 to {EventRules.QuantityLimit} are possible.")
                { Lines = [new(line.Share.Sku, line.Quantity)] };
            }
            if (!seen.Add(line.Share))
            {
                return new(RefusalCode.Invalid, $"{line.Share} is named twice; add the lines up.")
                { Lines = [new(line.Share.Sku, line.Quantity)] };
            }
        }
        return null;
    }

    private static Refusal? CheckId(string? id, string what) =>
        id is { Length: > 0 and <= EventRules.IdLengthLimit }
            ? null
            : new(RefusalCode.Invalid,
                $"{what} must have 1 to {EventRules.IdLengthLimit} characters.");
}
