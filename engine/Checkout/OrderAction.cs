using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>What was done with an order after it was placed, or by a reviewer before.</summary>
public enum OrderActionKind
{
    Shipped,
    Cancelled,
    Returned,
    Refunded,
    Captured,
    Approved,
    Rejected,
}

/// <summary>Units of a product that an action is about.</summary>
public readonly record struct ActionLine(Sku Sku, int Quantity);

/// <summary>
/// An action as it is kept with its order: repeated with the same id and content, it has no
/// further effect.
/// </summary>
/// <param name="Id">From the caller, unique in its order.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Lines">With which units; empty where it is about the whole order.</param>
/// <param name="Amount">How much money it moves; null where none.</param>
/// <param name="Reason">Why, in the words of whoever did it.</param>
/// <param name="At">When, by the shop's clock.</param>
public sealed record OrderAction(
    string Id,
    OrderActionKind Kind,
    IReadOnlyList<ActionLine> Lines,
    Money? Amount,
    string? Reason,
    DateTimeOffset At)
{
    /// <summary>Whether it was asked for all that was left, which <see cref="Lines"/> then names.
    /// </summary>
    public bool OfAll { get; init; }

    /// <summary>Whether the units that came back cannot be sold again.</summary>
    public bool KeptOut { get; init; }

    /// <summary>Whether the two ask for the same thing, whenever.</summary>
    public bool AsksSameAs(OrderAction other) =>
        Kind == other.Kind && Amount == other.Amount && OfAll == other.OfAll
        && KeptOut == other.KeptOut && (OfAll || Lines.SequenceEqual(other.Lines));
}
