using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>Who acts, and where. The same through a session, until the shopper signs in.</summary>
/// <param name="Visitor">Starts with <see cref="ShopperSimulator.VisitorPrefix"/>.</param>
/// <param name="Customer">Null while the shopper has not signed in.</param>
/// <param name="Session">Null where the storefront draws no borders.</param>
/// <param name="Region">A country's code.</param>
/// <param name="Channel"><c>web</c>, <c>app</c> or <c>store</c>.</param>
public sealed record ShopperIdentity(
    VisitorId Visitor, CustomerId? Customer, SessionId? Session, string Region, string Channel);

/// <summary>
/// What a simulated shopper, or the shop on a flash sale, does next. A closed family: the
/// constructor is private. Looking around is told by an event; what the shop itself decides
/// (carts, checkout, returns, prices) is a command, whose execution publishes its own event.
/// </summary>
public abstract record ShopperAction
{
    private ShopperAction(long number, DateTimeOffset at) => (Number, At) = (number, at);

    /// <summary>Counts a run's actions from 1, in the order in which they were decided.</summary>
    public long Number { get; }

    /// <summary>When it is due, in the simulation's time, UTC. Never goes back.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>
    /// A browser sends an event. Its time is the simulation's, and before <see cref="At"/> where
    /// it comes late; a live driver, whose time is compressed, puts its own clock's time in.
    /// </summary>
    public sealed record SendEvent(long Number, DateTimeOffset At, CommerceEvent Event)
        : ShopperAction(Number, At);

    /// <summary>Puts units of a product into the visitor's cart, on top of those in it.</summary>
    public sealed record AddToCart(
        long Number, DateTimeOffset At, ShopperIdentity Shopper, EventLine Line)
        : ShopperAction(Number, At);

    /// <summary>Takes a product out of the cart; the line says how many units were in it.</summary>
    public sealed record RemoveFromCart(
        long Number, DateTimeOffset At, ShopperIdentity Shopper, EventLine Line)
        : ShopperAction(Number, At);

    /// <summary>Buys the visitor's cart.</summary>
    /// <param name="Number">See <see cref="ShopperAction.Number"/>.</param>
    /// <param name="At">See <see cref="ShopperAction.At"/>.</param>
    /// <param name="Shopper">Who buys.</param>
    /// <param name="Order">
    /// Unique; serves as the idempotency key. A shop that gives its own order ids remembers which
    /// one this became, for <see cref="ReturnOrder"/>.
    /// </param>
    /// <param name="Lines">What the shopper believes to be in the cart, and its prices.</param>
    public sealed record Checkout(
        long Number, DateTimeOffset At, ShopperIdentity Shopper, OrderId Order, EventLine[] Lines)
        : ShopperAction(Number, At);

    /// <summary>
    /// Sends units of an earlier order back, never more than were bought; once an order. Where
    /// the shop refused the checkout there is nothing to return.
    /// </summary>
    public sealed record ReturnOrder(
        long Number, DateTimeOffset At, ShopperIdentity Shopper, OrderId Order, EventLine[] Lines)
        : ShopperAction(Number, At);

    /// <summary>The shop lowers a product's price; a rush of visitors follows. No event.</summary>
    public sealed record StartFlashSale(
        long Number, DateTimeOffset At, Sku Sku, Money Price, DateTimeOffset EndsAt)
        : ShopperAction(Number, At);

    /// <summary>The product costs its base price again. No event.</summary>
    public sealed record EndFlashSale(long Number, DateTimeOffset At, Sku Sku, Money Price)
        : ShopperAction(Number, At);
}
