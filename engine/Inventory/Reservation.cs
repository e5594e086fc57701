using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>The id of a reservation.</summary>
[JsonConverter(typeof(TextIdConverter<ReservationId>))]
public readonly record struct ReservationId(string Value) : ITextId<ReservationId>
{
    public static ReservationId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>Where a reservation is. It leaves <see cref="Held"/> once, for good.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum ReservationState : byte
{
    Held = 1,
    Committed = 2,
    Released = 3,
    Expired = 4,
}

/// <summary>Units of one share that a reservation holds.</summary>
/// <param name="Share">Which share: where the units ship from.</param>
/// <param name="Quantity">Units that were promised, with those that are not there yet.</param>
public readonly record struct ReservedLine(ShareKey Share, int Quantity)
{
    /// <summary>Units of the quantity that are not there yet; falls as they come.</summary>
    public int Backordered { get; init; }

    /// <summary>Units of the quantity that a part's commit, or a cancellation, gave back.
    /// </summary>
    public int Released { get; init; }

    /// <summary>Whether nothing is counted: the product's stock was not tracked.</summary>
    public bool IsUntracked { get; init; }

    /// <summary>Units that the share keeps for it while it is held.</summary>
    public int InStock => IsUntracked ? 0 : Quantity - Released - Backordered;
}

/// <summary>Units that are promised to one buyer until a moment.</summary>
/// <param name="Id">Its id, from the caller.</param>
/// <param name="Lines">What it holds; a product may come from several shares.</param>
/// <param name="State">Where it is.</param>
/// <param name="ExpiresAt">From then on it cannot be committed any more.</param>
public sealed record Reservation(
    ReservationId Id,
    IReadOnlyList<ReservedLine> Lines,
    ReservationState State,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Whether units of it are sold or promised and not there yet.</summary>
    public bool IsWaiting
    {
        get
        {
            foreach (var line in Lines)
                if (line.Backordered > 0) return true;
            return false;
        }
    }
}
