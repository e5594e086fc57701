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
}

/// <summary>
/// A line of the append-only ledger. The deltas of a share's movements add up to the share.
/// </summary>
/// <param name="Operation">Who moved it: an operation's id or a reservation's.</param>
/// <param name="Kind">What it was; an operation moves a share at most once a kind.</param>
/// <param name="Share">What was moved.</param>
/// <param name="AvailableDelta">Change of the available units.</param>
/// <param name="ReservedDelta">Change of the reserved units.</param>
/// <param name="Reason">Why, in the words of whoever did it.</param>
/// <param name="At">When, by the store's clock.</param>
public sealed record StockMovement(
    OperationId Operation,
    MovementKind Kind,
    ShareKey Share,
    long AvailableDelta,
    long ReservedDelta,
    string? Reason,
    DateTimeOffset At)
{
    /// <summary>Its place in the ledger, from 1, growing; 0 before it is stored.</summary>
    public long Number { get; init; }
}

/// <summary>Puts units into a share or takes them out, outside of any sale.</summary>
/// <param name="Operation">Its id, from the caller.</param>
/// <param name="Share">Which share.</param>
/// <param name="Delta">Units, not 0, within <see cref="StockRules.DeltaLimit"/>.</param>
/// <param name="Kind">Received, or adjusted.</param>
/// <param name="Reason">Why, for the ledger.</param>
public sealed record StockAdjustment(
    OperationId Operation,
    ShareKey Share,
    int Delta,
    MovementKind Kind = MovementKind.Adjusted,
    string? Reason = null);
