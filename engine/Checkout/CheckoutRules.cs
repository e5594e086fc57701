using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>The rules of checkout. Pure: no clock, no id made inside.</summary>
public static class CheckoutRules
{
    /// <summary>Lines of an order: those of one event, so that a purchase is one event.</summary>
    public const int LineCountLimit = EventRules.LineCountLimit;

    /// <summary>Characters of an idempotency key: a UUID with a long prefix.</summary>
    public const int KeyLengthLimit = 255;

    /// <summary>Codes of an order, repeated ones too: more is somebody who guesses.</summary>
    public const int CouponCountLimit = 2 * QuoteRules.CouponCountLimit;

    /// <summary>
    /// How long stock is held while a payment is under way: longer than a buyer takes to
    /// authenticate.
    /// </summary>
    public static readonly TimeSpan PaymentHold = TimeSpan.FromMinutes(15);

    /// <summary>How long stock is held for a reviewer: over a night.</summary>
    public static readonly TimeSpan ReviewHold = TimeSpan.FromHours(24);

    /// <summary>
    /// Begins the ids of orders' reservations: nobody but the checkout closes those.
    /// </summary>
    public const string ReservationPrefix = "order:";

    /// <summary>The source of the purchases that checkout tells of.</summary>
    public const string EventSource = "/shop/checkout";

    /// <summary>
    /// What is wrong with the request itself, whatever the state of the shop; null where nothing
    /// is. Such a refusal is not kept with the key: the same request is refused again anyway.
    /// </summary>
    public static Refusal? Check(CheckoutRequest request)
    {
        var refusal = CheckText(
            request.Key.Key, "Idempotency-Key", KeyLengthLimit, required: true)
            ?? CheckId(request.Visitor.Value, "/visitorId", required: true)
            ?? CheckText(request.Key.Caller, "caller", KeyLengthLimit, required: true)
            ?? CheckId(request.Customer?.Value, "/customerId")
            ?? CheckId(request.Session?.Value, "/sessionId")
            ?? CheckId(request.Cart?.Value, "/cartId")
            ?? CheckId(request.Region, "/region")
            ?? CheckId(request.Channel, "/channel")
            ?? CheckId(request.Buyer.Device, "/buyer/device")
            ?? CheckText(request.Buyer.Email, "/buyer/email", 254, required: false)
            ?? CheckId(request.Buyer.Ip, "/buyer/ip")
            ?? CheckId(request.ShippingMethod, "/shippingMethod");
        if (refusal is null && request.Payment?.Check() is { } payment)
            return payment with { Field = "/payment/token" };
        if (refusal is not null) return refusal;
        if (request.Coupons.Count > CouponCountLimit)
        {
            return new(RefusalCode.LineLimit,
                $"An order has at most {CouponCountLimit} coupons, not {request.Coupons.Count}.")
            { Field = "/coupons" };
        }
        if (request.Currency == default)
            return new(RefusalCode.Invalid, "a currency is needed.") { Field = "/currency" };
        if (request.Cart is not null && request.Lines.Count > 0)
            return new(RefusalCode.Invalid, "give a cart or lines, not both.")
            {
                Field = "/lines",
            };
        if (request.Cart is null && request.Lines.Count == 0)
            return new(RefusalCode.EmptyCart, "There is nothing to buy: give a cart or lines.")
            {
                Field = "/lines",
            };
        if (request.Lines.Count > LineCountLimit)
        {
            return new(RefusalCode.LineLimit,
                $"An order has at most {LineCountLimit} lines, not {request.Lines.Count}.")
            { Field = "/lines" };
        }
        return CheckQuantities(request.Lines);
    }

    /// <summary>What the request buys, each sku once: its own lines, or the cart's.</summary>
    public static Answer<CartLine[]> LinesOf(CheckoutRequest request, Cart? cart)
    {
        if (request.Cart is null)
        {
            CartLine[] added = [.. request.Lines
                .GroupBy(line => line.Sku)
                .Select(g => new CartLine(g.Key, checked((int)g.Sum(l => (long)l.Quantity))))];
            return CheckQuantities(added) is { } refusal ? refusal : added;
        }
        if (CartRules.CheckOwner(cart, request.Visitor) is { } foreign) return foreign;
        return cart is null or { Lines.Count: 0 }
            ? new Refusal(RefusalCode.EmptyCart, $"Cart {request.Cart} is empty.")
            : cart.Lines.ToArray();
    }

    /// <summary>Why what is asked for cannot be bought in one order; null where it can.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="offers">What the catalogue says of each line; null where it has none.</param>
    public static Refusal? CheckOffers(
        CheckoutRequest request, IReadOnlyList<CartLine> lines, IReadOnlyList<Offer?> offers)
    {
        List<RefusedLine>? unknown = null, foreign = null;
        for (var i = 0; i < lines.Count; i++)
        {
            if (offers[i] is not { } offer)
                (unknown ??= []).Add(new(lines[i].Sku, lines[i].Quantity));
            else if (offer.Price.Currency != request.Currency)
                (foreign ??= []).Add(new(lines[i].Sku, lines[i].Quantity));
        }
        if (unknown is not null)
        {
            return new(RefusalCode.UnknownProduct,
                $"{unknown[0].Sku} is not in the catalogue.")
            { Lines = unknown };
        }
        return foreign is null ? null : new(RefusalCode.CurrencyMismatch,
            $"{foreign[0].Sku} is not priced in {request.Currency}.")
        { Lines = foreign };
    }

    /// <summary>Why the quote cannot be paid as the request says; null where it can.</summary>
    public static Refusal? CheckPayment(CheckoutRequest request, Quote quote) =>
        request.Payment is null && quote.Total.Amount > 0
            ? new(RefusalCode.PaymentRequired, $"{quote.Total} are to pay: give 'payment' with " +
                "a token of a payment gateway.")
            { Field = "/payment" }
            : null;

    /// <summary>What the screening for fraud is told.</summary>
    public static ScreeningRequest ToScreen(
        CheckoutRequest request, OrderId order, Quote quote, DateTimeOffset now) => new()
        {
            Order = order,
            Account = ScreeningRequest.AccountOf(request.Customer, request.Visitor),
            Amount = quote.Total,
            At = now,
            Card = request.Payment?.Fingerprint,
            Ip = request.Buyer.Ip,
            Device = request.Buyer.Device,
            Email = request.Buyer.Email,
            BillingCountry = request.Buyer.BillingCountry,
            BillingPostalCode = request.Buyer.BillingPostalCode,
            ShippingCountry = request.ShipTo?.Country,
            ShippingPostalCode = request.ShipTo?.PostalCode,
            Units = quote.Lines.Sum(line => line.Quantity),
        };

    /// <summary>The gateway that is looked for.</summary>
    public static PaymentRouteRequest ToRoute(Order order, IReadOnlyCollection<string> tried)
    {
        var (attempts, startedAt) = (0, (DateTimeOffset?)null);
        foreach (var one in order.Payments)
        {
            if (one.Kind != PaymentKind.Authorize) continue;
            attempts++;
            startedAt ??= one.CreatedAt;
        }
        return new(order.Id, order.Total)
        {
            Country = order.Terms.Country,
            Brand = order.Terms.Method?.Brand,
            Tried = tried,
            Attempts = attempts,
            StartedAt = startedAt,
        };
    }

    /// <summary>The order as it begins, before anything is asked of a gateway.</summary>
    public static Order NewOrder(
        OrderId id, CheckoutRequest request, Quote quote, ScreeningRequest? screened,
        Screening? screening, StockRegion region, DateTimeOffset now)
    {
        var state = screening?.Decision switch
        {
            FraudDecision.Block => OrderState.Failed,
            FraudDecision.Review => OrderState.InReview,
            _ => OrderState.Authorizing,
        };
        return new()
        {
            Id = id,
            State = state,
            Version = 1,
            Terms = new()
            {
                Visitor = request.Visitor,
                Customer = request.Customer,
                Session = request.Session,
                Region = request.Region,
                Channel = request.Channel,
                Reservation = new(ReservationPrefix + id.Value),
                StockRegion = region,
                Quote = quote,
                Method = request.Payment,
                Capture = request.Capture,
                Country = request.Buyer.BillingCountry ?? request.ShipTo?.Country,
                Screened = screened,
                Screening = screening,
                Cart = request.Cart,
                HeldUntil = now + (state == OrderState.InReview ? ReviewHold : PaymentHold),
                StartedAt = now,
            },
            Progress = new()
            {
                AnsweredState = state == OrderState.Authorizing ? null : state,
                Refusal = state == OrderState.Failed ? Blocked : null,
            },
        };
    }

    // It does not say why: whoever tries stolen cards would learn from it.
    private static Refusal Blocked { get; } = new(RefusalCode.FraudSuspected,
        "This order cannot be accepted. Nothing is charged.");

    private static Refusal? CheckQuantities(IReadOnlyList<CartLine> lines)
    {
        foreach (var (sku, quantity) in lines)
        {
            if (CheckId(sku.Value, "productId", required: true) is { } refusal)
                return refusal with { Field = "/lines" };
            if (quantity is >= 1 and <= CartRules.QuantityLimit) continue;
            return new(quantity < 1 ? RefusalCode.InvalidQuantity : RefusalCode.QuantityLimit,
                $"{sku}: a line has 1 to {CartRules.QuantityLimit} units, not {quantity}.")
            { Lines = [new(sku, quantity)], Field = "/lines" };
        }
        return null;
    }

    private static Refusal? CheckId(string? text, string what, bool required = false) =>
        CheckText(text, what, EventRules.IdLengthLimit, required);

    private static Refusal? CheckText(string? text, string what, int limit, bool required)
    {
        if (text is null && !required) return null;
        return text is { Length: > 0 } && text.Length <= limit && !text.Any(char.IsControl)
            ? null
            : new(RefusalCode.Invalid, $"{what} must have 1 to {limit} printable characters.")
            { Field = what };
    }
}
