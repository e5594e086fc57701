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
public readonly record struct ReservedLine(ShareKey Share, int Quantity);

/// <summary>Units that are promised to one buyer until a moment.</summary>
/// <param name="Id">Its id, from the caller.</param>
/// <param name="Lines">What it holds, each share once.</param>
/// <param name="State">Where it is.</param>
/// <param name="ExpiresAt">From then on it cannot be committed any more.</param>
public sealed record Reservation(
    ReservationId Id,
    IReadOnlyList<ReservedLine> Lines,
    ReservationState State,
    DateTimeOffset ExpiresAt);

/// <summary>Asks for all the lines, or none.</summary>
/// <param name="Id">The new reservation's id.</param>
/// <param name="Lines">1 to <see cref="StockRules.LineCountLimit"/>, each share once.</param>
/// <param name="Lifetime">How long it holds, above zero.</param>
public sealed record ReserveStock(
    ReservationId Id, IReadOnlyList<ReservedLine> Lines, TimeSpan Lifetime);
