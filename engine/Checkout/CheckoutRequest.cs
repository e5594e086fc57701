using System.Globalization;
using System.Text;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Whose attempt: the idempotency key is unique a caller.</summary>
public readonly record struct CheckoutKey(string Caller, string Key);

/// <summary>What a buyer asks for.</summary>
public sealed record CheckoutRequest
{
    /// <summary>The attempt: repeated with the same key, it has one effect.</summary>
    public required CheckoutKey Key { get; init; }

    public required VisitorId Visitor { get; init; }

    public CustomerId? Customer { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>Buys what is in this cart, and empties it; or else <see cref="Lines"/>.</summary>
    public CartId? Cart { get; init; }

    /// <summary>Buys these; empty where a cart is given. The same sku twice is added up.</summary>
    public IReadOnlyList<CartLine> Lines { get; init; } = [];

    /// <summary>The market: a country or a sales region.</summary>
    public string? Region { get; init; }

    public string? Channel { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>The total that the buyer has seen; another one is refused. Null: any.</summary>
    public decimal? ExpectedTotal { get; init; }

    /// <summary>
    /// 64 bits of all that is asked for, the same in every process: tells whether a key is
    /// repeated with the same request.
    /// </summary>
    public ulong Hash()
    {
        var text = new StringBuilder(200);
        Add(Visitor.Value);
        Add(Customer?.Value);
        Add(Session?.Value);
        Add(Cart?.Value);
        Add(Region);
        Add(Channel);
        Add(Currency.Code);
        Add(ExpectedTotal?.ToString("0.############################",
            CultureInfo.InvariantCulture));
        foreach (var line in Lines)
        {
            Add(line.Sku.Value);
            Add(line.Quantity.ToString(CultureInfo.InvariantCulture));
        }
        return StableHash.Of(text.ToString());

        // The length before the text: no two requests read the same by moving a border.
        void Add(string? part) => text.Append(part?.Length ?? -1).Append(':').Append(part);
    }
}

/// <summary>A request with the ids of what it makes.</summary>
/// <param name="Request">What the buyer asks for.</param>
/// <param name="RequestHash"><see cref="CheckoutRequest.Hash"/>.</param>
/// <param name="Order">The new order's id.</param>
/// <param name="Reservation">The new reservation's id.</param>
/// <param name="From">Whose stock to sell.</param>
public sealed record PlaceOrder(
    CheckoutRequest Request,
    ulong RequestHash,
    OrderId Order,
    ReservationId Reservation,
    StockRegion From);

/// <summary>An answered checkout.</summary>
/// <param name="Order">The order.</param>
/// <param name="Replayed">Whether an earlier attempt with the same key placed it.</param>
public sealed record PlacedOrder(Order Order, bool Replayed);
