using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>What a checkout decides on.</summary>
/// <param name="Lines">What is bought, each sku once.</param>
/// <param name="Offers">The products of the lines that the catalogue knows.</param>
public sealed record CheckoutState(
    IReadOnlyList<CartLine> Lines, IReadOnlyDictionary<Sku, Offer> Offers);

/// <summary>What a checkout does, all of it or nothing.</summary>
/// <param name="Order">The order to store.</param>
/// <param name="Stock">What it takes from stock, if that is there.</param>
/// <param name="Event">The purchase, to be told of.</param>
public sealed record CheckoutDecision(Order Order, StockRequest Stock, CommerceEvent Event);

/// <summary>The rules of checkout. Pure: no clock, no id made inside.</summary>
public static class CheckoutRules
{
    /// <summary>Lines of an order: those of one event, so that a purchase is one event.</summary>
    public const int LineCountLimit = EventRules.LineCountLimit;

    /// <summary>Characters of an idempotency key: a UUID with a long prefix.</summary>
    public const int KeyLengthLimit = 255;

    /// <summary>The source of the purchases that checkout tells of.</summary>
    public const string EventSource = "/shop/checkout";

    /// <summary>
    /// What is wrong with the request itself, whatever the state of the shop; null where nothing
    /// is. Such a refusal is not kept with the key: the same request is refused again anyway.
    /// </summary>
    public static Refusal? Check(CheckoutRequest request)
    {
        var refusal = CheckText(request.Key.Key, "idempotency key", KeyLengthLimit, required: true)
            ?? CheckText(request.Key.Caller, "caller", KeyLengthLimit, required: true)
            ?? CheckId(request.Visitor.Value, "visitor id", required: true)
            ?? CheckId(request.Customer?.Value, "customer id")
            ?? CheckId(request.Session?.Value, "session id")
            ?? CheckId(request.Cart?.Value, "cart id")
            ?? CheckId(request.Region, "region")
            ?? CheckId(request.Channel, "channel");
        if (refusal is not null) return refusal;
        if (request.Currency == default)
            return new(RefusalCode.Invalid, "a currency is needed.");
        if (request.Cart is not null && request.Lines.Count > 0)
            return new(RefusalCode.Invalid, "give a cart or lines, not both.");
        if (request.Cart is null && request.Lines.Count == 0)
            return new(RefusalCode.EmptyCart, "There is nothing to buy: give a cart or lines.");
        if (request.Lines.Count > LineCountLimit)
        {
            return new(RefusalCode.LineLimit,
                $"An order has at most {LineCountLimit} lines, not {request.Lines.Count}.");
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

    /// <summary>The order with all that belongs to it, or why there is none.</summary>
    public static Answer<CheckoutDecision> Decide(
        PlaceOrder command, CheckoutState state, DateTimeOffset now)
    {
        if (CheckOffers(command.Request, state) is { } refusal) return refusal;
        var lines = new OrderLine[state.Lines.Count];
        var stock = new StockLine[lines.Length];
        var total = Money.Zero(command.Request.Currency);
        for (var i = 0; i < lines.Length; i++)
        {
            var (sku, quantity) = state.Lines[i];
            var offer = state.Offers[sku];
            lines[i] = new(sku, offer.Title, quantity, offer.Price,
                (offer.Price * quantity).Round());
            stock[i] = new(sku, quantity);
            total += lines[i].Total;
        }
        if (command.Request.ExpectedTotal is { } expected && expected != total.Amount)
        {
            return new Refusal(RefusalCode.PriceChanged,
                $"The total is {total}, not {expected}; show it to the buyer and ask again.");
        }
        var order = NewOrder(command, lines, total, now);
        return new CheckoutDecision(
            order, new(command.Reservation, stock, command.From), PurchaseOf(order));
    }

    private static Order NewOrder(
        PlaceOrder command, OrderLine[] lines, Money total, DateTimeOffset now) => new()
        {
            Id = command.Order,
            State = OrderState.Placed,
            Visitor = command.Request.Visitor,
            Customer = command.Request.Customer,
            Session = command.Request.Session,
            Region = command.Request.Region,
            Channel = command.Request.Channel,
            Reservation = command.Reservation,
            Lines = lines,
            Total = total,
            PlacedAt = now,
        };

    // The event's id is the order's: telling of a purchase twice is harmless.
    private static CommerceEvent PurchaseOf(Order order) => new()
    {
        Id = new(order.Id.Value),
        Source = EventSource,
        Name = EventName.Purchase,
        Time = order.PlacedAt,
        Visitor = order.Visitor,
        Customer = order.Customer,
        Session = order.Session,
        Order = order.Id,
        Region = order.Region,
        Channel = order.Channel,
        Lines = [.. order.Lines.Select(l => new EventLine(l.Sku, l.Quantity, l.UnitPrice))],
    };

    private static Refusal? CheckOffers(CheckoutRequest request, CheckoutState state)
    {
        List<RefusedLine>? unknown = null, foreign = null;
        foreach (var (sku, quantity) in state.Lines)
        {
            if (!state.Offers.TryGetValue(sku, out var offer))
                (unknown ??= []).Add(new(sku, quantity));
            else if (offer.Price.Currency != request.Currency)
                (foreign ??= []).Add(new(sku, quantity));
        }
        if (unknown is not null)
        {
            return new(RefusalCode.UnknownProduct,
                $"{unknown[0].Sku} is not in the catalogue.")
            { Lines = unknown };
        }
        return foreign is null ? null : new(RefusalCode.CurrencyMismatch,
            $"{foreign[0].Sku} is priced in {state.Offers[foreign[0].Sku].Price.Currency}, " +
            $"not in {request.Currency}.")
        { Lines = foreign };
    }

    private static Refusal? CheckQuantities(IReadOnlyList<CartLine> lines)
    {
        foreach (var (sku, quantity) in lines)
        {
            if (CheckId(sku.Value, "sku", required: true) is { } refusal) return refusal;
            if (quantity is >= 1 and <= CartRules.QuantityLimit) continue;
            return new(quantity < 1 ? RefusalCode.InvalidQuantity : RefusalCode.QuantityLimit,
                $"{sku}: a line has 1 to {CartRules.QuantityLimit} units, not {quantity}.")
            { Lines = [new(sku, quantity)] };
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
            : new(RefusalCode.Invalid, $"{what} must have 1 to {limit} printable characters.");
    }
}
