using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>The id of one operation; a repeat with the same id has no further effect.</summary>
[JsonConverter(typeof(TextIdConverter<OperationId>))]
public readonly record struct OperationId(string Value) : ITextId<OperationId>
{
    public static OperationId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>What kind of operation moved the stock.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum MovementKind : byte
{
    Received = 1,
    Adjusted = 2,
    Reserved = 3,
    Committed = 4,
    Released = 5,
    Expired = 6,

    /// <summary>Came back from a buyer.</summary>
    Restocked = 7,

    /// <summary>Left for another share, and is on its way.</summary>
    TransferredOut = 8,

    /// <summary>Arrived from another share.</summary>
    TransferredIn = 9,

    /// <summary>Went to another bucket of its warehouse.</summary>
    Spread = 10,

    /// <summary>Came for units that had been sold before they were there, and left.</summary>
    Backfilled = 11,
}

/// <summary>What a movement does to one share.</summary>
/// <param name="Share">What was moved.</param>
/// <param name="AvailableDelta">Change of the available units.</param>
/// <param name="ReservedDelta">Change of the reserved units.</param>
/// <param name="BackorderedDelta">Change of the units that are owed.</param>
public readonly record struct MovementLine(
    ShareKey Share, long AvailableDelta, long ReservedDelta, long BackorderedDelta = 0);

/// <summary>
/// An entry of the append-only ledger: all that one operation moved at once. The deltas of a
/// share's lines add up to the share.
/// </summary>
/// <param name="Operation">Who moved it: an operation's id or a reservation's.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Lines">What it did, each share once.</param>
/// <param name="Reason">Why, in the words of whoever did it.</param>
/// <param name="At">When, by the store's clock.</param>
public sealed record StockMovement(
    OperationId Operation,
    MovementKind Kind,
    IReadOnlyList<MovementLine> Lines,
    string? Reason,
    DateTimeOffset At)
{
    /// <summary>Its place in the ledger, from 1, growing; 0 before it is stored.</summary>
    public long Number { get; init; }

    /// <summary>
    /// Whether an operation of this kind is told from its repeat by the ledger. Reservations and
    /// arrivals are by their own state.
    /// </summary>
    public static bool IsOnce(MovementKind kind) => kind is MovementKind.Received
        or MovementKind.Adjusted or MovementKind.Restocked or MovementKind.TransferredOut
        or MovementKind.Spread;
}
