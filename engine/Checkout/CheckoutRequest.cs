using System.Globalization;
using System.Text;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;
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

    /// <summary>Buys what is in this cart, and takes it out; or else <see cref="Lines"/>.
    /// </summary>
    public CartId? Cart { get; init; }

    /// <summary>Buys these; empty where a cart is given. The same sku twice is added up.</summary>
    public IReadOnlyList<CartLine> Lines { get; init; } = [];

    /// <summary>The market: a country or a sales region.</summary>
    public string? Region { get; init; }

    public string? Channel { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>Codes that the buyer entered; one that is given twice counts once.</summary>
    public IReadOnlyList<string> Coupons { get; init; } = [];

    /// <summary>Where it is sent to; null where that is not known: then untaxed.</summary>
    public Destination? ShipTo { get; init; }

    /// <summary>How it is sent; null for the first method that there is.</summary>
    public string? ShippingMethod { get; init; }

    /// <summary>The total that the buyer has seen; another one is refused. Null: any.</summary>
    public decimal? ExpectedTotal { get; init; }

    /// <summary>How it is paid; may be absent only where nothing is to pay.</summary>
    public PaymentMethod? Payment { get; init; }

    public CaptureMode Capture { get; init; }

    /// <summary>What the screening for fraud is to know of the buyer.</summary>
    public BuyerTraits Buyer { get; init; } = BuyerTraits.None;

    /// <summary>
    /// 64 bits of all that is asked for, the same in every process: tells whether a key is
    /// repeated with the same request. Not of <see cref="Buyer"/>'s address on the internet: a
    /// phone that repeats its request may have changed networks.
    /// </summary>
    public ulong Hash()
    {
        var text = new StringBuilder(300);
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
        Add("");
        foreach (var coupon in Coupons) Add(coupon);
        Add("");
        Add(ShipTo?.Country);
        Add(ShipTo?.Region);
        Add(ShipTo?.PostalCode);
        Add(ShippingMethod);
        Add(Payment?.Token);
        Add(Payment?.Fingerprint);
        Add(Payment?.Brand);
        Add(Payment?.Country);
        Add(Buyer.Device);
        Add(Buyer.BillingCountry);
        Add(Buyer.BillingPostalCode);
        Add(Capture == CaptureMode.Now ? null : "shipment");
        Add(Buyer.Email);
        return StableHash.Of(text.ToString());

        // The length before the text: no two requests read the same by moving a border.
        void Add(string? part) => text.Append(part?.Length ?? -1).Append(':').Append(part);
    }
}

/// <summary>What is known of whoever buys, for the screening. All of it may be absent.</summary>
/// <param name="Email">As the buyer wrote it.</param>
/// <param name="Device">The storefront's id of the device.</param>
/// <param name="Ip">The buyer's address on the internet.</param>
/// <param name="BillingCountry">ISO 3166-1 alpha-2.</param>
/// <param name="BillingPostalCode">Of the card's address.</param>
public sealed record BuyerTraits(
    string? Email = null,
    string? Device = null,
    string? Ip = null,
    string? BillingCountry = null,
    string? BillingPostalCode = null)
{
    /// <summary>Nothing is known.</summary>
    public static BuyerTraits None { get; } = new();
}

/// <summary>An answered checkout.</summary>
/// <param name="Order">The order.</param>
/// <param name="State">What the first request was told of it.</param>
/// <param name="Replayed">Whether an earlier attempt with the same key placed it.</param>
public sealed record CheckoutAnswer(Order Order, OrderState State, bool Replayed);
