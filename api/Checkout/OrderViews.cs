using StreamCommerce.Api.Carts;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Checkout;

/// <summary>What a buyer asks for.</summary>
/// <param name="VisitorId">Who buys.</param>
/// <param name="Currency">What is paid in: an ISO 4217 code.</param>
/// <param name="CartId">Buys what is in this cart and empties it; or else give lines.</param>
/// <param name="Lines">What to buy; at most 200.</param>
/// <param name="CustomerId">The signed-in customer.</param>
/// <param name="SessionId">The visit.</param>
/// <param name="Region">The market: a country or a sales region.</param>
/// <param name="Channel">The sales channel.</param>
/// <param name="ExpectedTotal">What the buyer has seen; another total is refused.</param>
public sealed record CheckoutBody(
    string VisitorId,
    Currency Currency,
    string? CartId = null,
    IReadOnlyList<CartLineView>? Lines = null,
    string? CustomerId = null,
    string? SessionId = null,
    string? Region = null,
    string? Channel = null,
    Money? ExpectedTotal = null)
{
    // Until callers are authenticated, a key is unique a visitor.
    internal CheckoutRequest ToRequest(string key) => new()
    {
        Key = new CheckoutKey(VisitorId, key),
        Visitor = new VisitorId(VisitorId),
        Customer = CustomerId is null ? null : new CustomerId(CustomerId),
        Session = SessionId is null ? null : new SessionId(SessionId),
        Cart = CartId is null ? null : new CartId(CartId),
        Lines = Lines is null ? [] :
            [.. Lines.Select(line => new CartLine(new Sku(line.ProductId), line.Quantity))],
        Region = Region,
        Channel = Channel,
        Currency = Currency,
        ExpectedTotal = ExpectedTotal?.Amount,
    };
}

/// <summary>A product of an order, priced as it was at that moment.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Its title then.</param>
/// <param name="Quantity">Units.</param>
/// <param name="UnitPrice">Price of one unit then.</param>
/// <param name="Total">Price of the line.</param>
public sealed record OrderLineView(
    string ProductId, string Title, int Quantity, Money UnitPrice, Money Total);

/// <summary>What was bought.</summary>
/// <param name="Id">The order.</param>
/// <param name="State">Where it is.</param>
/// <param name="VisitorId">Who bought.</param>
/// <param name="CustomerId">The signed-in customer.</param>
/// <param name="Region">The market.</param>
/// <param name="Channel">The sales channel.</param>
/// <param name="Lines">What.</param>
/// <param name="Total">The sum of the lines' totals.</param>
/// <param name="PlacedAt">When.</param>
public sealed record OrderView(
    string Id,
    string State,
    string VisitorId,
    string? CustomerId,
    string? Region,
    string? Channel,
    IReadOnlyList<OrderLineView> Lines,
    Money Total,
    DateTimeOffset PlacedAt)
{
    internal static OrderView Of(Order order) => new(
        order.Id.Value,
        order.State.ToString().ToLowerInvariant(),
        order.Visitor.Value,
        order.Customer?.Value,
        order.Region,
        order.Channel,
        [.. order.Lines.Select(line => new OrderLineView(
            line.Sku.Value, line.Title, line.Quantity, line.UnitPrice, line.Total))],
        order.Total,
        order.PlacedAt);
}

/// <summary>The last orders.</summary>
/// <param name="Orders">Newest first.</param>
public sealed record OrderList(IReadOnlyList<OrderView> Orders);
