using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>What orders tell the event log.</summary>
internal static class OrderEvents
{
    // Digits of a price that a discount makes: fine enough that the lines' sums round right.
    private const int PriceDigits = 6;

    // The event's id is the order's: telling of a purchase twice is harmless.
    public static CommerceEvent Purchase(Order order) => Of(
        order, new(order.Id.Value), EventName.Purchase, order.Progress.PlacedAt!.Value,
        [.. order.Lines.Select(line => new EventLine(line.Sku, line.Quantity, PriceOf(line)))]);

    /// <summary>Units that are not sold after all.</summary>
    public static CommerceEvent Refund(
        Order order, string operation, IReadOnlyList<ActionLine> lines, DateTimeOffset now) => Of(
        order, new(operation), EventName.Refund, now,
        [.. lines.Select(back => new EventLine(back.Sku, back.Quantity,
            PriceOf(order.Lines.First(line => line.Sku == back.Sku))))]);

    private static CommerceEvent Of(
        Order order, EventId id, EventName name, DateTimeOffset at, EventLine[] lines) => new()
        {
            Id = id,
            Source = CheckoutRules.EventSource,
            Name = name,
            Time = at,
            Visitor = order.Terms.Visitor,
            Customer = order.Terms.Customer,
            Session = order.Terms.Session,
            Order = order.Id,
            Region = order.Terms.Region,
            Channel = order.Terms.Channel,
            Lines = lines,
        };

    // What a unit was sold for, after discounts.
    private static Money PriceOf(QuoteLine line) => line.Discount.Amount == 0
        ? line.UnitPrice
        : new(decimal.Round((line.Subtotal - line.Discount).Amount / line.Quantity, PriceDigits),
            line.UnitPrice.Currency);
}
