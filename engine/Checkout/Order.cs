using System.Text.Json.Serialization;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>When the money of an order is taken.</summary>
public enum CaptureMode
{
    /// <summary>As soon as the order is placed.</summary>
    Now,

    /// <summary>When the first parcel leaves, all of it: a card is charged once.</summary>
    OnShipment,
}

/// <summary>What was agreed when the buyer ordered. It never changes.</summary>
public sealed record OrderTerms
{
    public required VisitorId Visitor { get; init; }

    public CustomerId? Customer { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>The market: a country or a sales region.</summary>
    public string? Region { get; init; }

    public string? Channel { get; init; }

    /// <summary>The reservation that holds its stock.</summary>
    public required ReservationId Reservation { get; init; }

    /// <summary>Whose stock it is sold from.</summary>
    public StockRegion StockRegion { get; init; } = StockRegion.Home;

    /// <summary>Prices, promotions, tax and shipping, as they were at that moment.</summary>
    public required Quote Quote { get; init; }

    /// <summary>
    /// What its bundles were made of, whatever becomes of them in the catalogue; null where it
    /// has none.
    /// </summary>
    public IReadOnlyList<Bundle>? Bundles { get; init; }

    /// <summary>Null where there is nothing to pay.</summary>
    public PaymentMethod? Method { get; init; }

    public CaptureMode Capture { get; init; }

    /// <summary>Country of the buyer's address, ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>What the screening saw and decided; null where there was nothing to pay.</summary>
    public Screening? Screening { get; init; }

    /// <summary>What was screened: the decision log, and what the counters start from again.
    /// </summary>
    public ScreeningRequest? Screened { get; init; }

    /// <summary>The cart that it was bought from.</summary>
    public CartId? Cart { get; init; }

    /// <summary>Until when its stock is held for it.</summary>
    public required DateTimeOffset HeldUntil { get; init; }

    /// <summary>When the buyer ordered, by the shop's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>Units of a product that ship from a location.</summary>
public readonly record struct ShipFrom(Sku Sku, string Location, int Quantity);

/// <summary>How far an order has come. Replaced as a whole with each step.</summary>
public sealed record OrderProgress
{
    /// <summary>
    /// Every operation on money that was or is to be asked of a gateway, in order: the attempt
    /// ledger. One is stored before it is sent.
    /// </summary>
    public IReadOnlyList<PaymentOperation> Payments { get; init; } = [];

    /// <summary>What was done with it, in order.</summary>
    public IReadOnlyList<OrderAction> Actions { get; init; } = [];

    /// <summary>Where its units ship from; empty where there is one location only.</summary>
    public IReadOnlyList<ShipFrom> ShipsFrom { get; init; } = [];

    /// <summary>Why it failed or was cancelled.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>When it was placed; null where it never was.</summary>
    public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>
    /// The state that the buyer's first request was answered with, so that a repetition is
    /// answered the same, whatever became of the order since; null before.
    /// </summary>
    public OrderState? AnsweredState { get; init; }
}

/// <summary>
/// An order from the moment that its stock is reserved. What was never placed stays as a record
/// of the attempt, and is in no list of orders.
/// </summary>
public sealed record Order
{
    public required OrderId Id { get; init; }

    public required OrderState State { get; init; }

    /// <summary>Grows by one with each step, from 1.</summary>
    public required long Version { get; init; }

    public required OrderTerms Terms { get; init; }

    public required OrderProgress Progress { get; init; }

    /// <summary>
    /// When somebody has to look at it again; null where nothing is open. While it is worked
    /// on, that lies ahead, so that nobody else does.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset? DueAt => OpenPayment is { } open
        ? open.NextTryAt
        : State switch
        {
            OrderState.Authorizing => Terms.StartedAt + PaymentSteps.SendLease,
            // A little before its end, to ask the gateway a last time.
            OrderState.ActionRequired => LapsesAt - TimeSpan.FromSeconds(10),
            OrderState.InReview => LapsesAt,
            _ => null,
        };

    /// <summary>
    /// When nobody's word ends it. A review ends earlier than its stock is held, so that what is
    /// let through at the last moment still has time to be paid.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset LapsesAt => State == OrderState.InReview
        ? Terms.HeldUntil - CheckoutRules.PaymentHold
        : Terms.HeldUntil;

    public IReadOnlyList<QuoteLine> Lines => Terms.Quote.Lines;

    /// <summary>What the buyer pays.</summary>
    public Money Total => Terms.Quote.Total;

    public IReadOnlyList<PaymentOperation> Payments => Progress.Payments;

    /// <summary>The first operation that a gateway has not settled yet; null where all are.
    /// </summary>
    [JsonIgnore]
    public PaymentOperation? OpenPayment
    {
        get
        {
            foreach (var operation in Progress.Payments)
                if (operation.IsOpen) return operation;
            return null;
        }
    }

    /// <summary>Units of a product that were shipped, cancelled or came back.</summary>
    public int UnitsOf(Sku sku, OrderActionKind kind)
    {
        var units = 0;
        foreach (var action in Progress.Actions)
        {
            if (action.Kind != kind) continue;
            foreach (var line in action.Lines)
                if (line.Sku == sku) units += line.Quantity;
        }
        return units;
    }
}
