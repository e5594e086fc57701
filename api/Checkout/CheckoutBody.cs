using StreamCommerce.Api.Carts;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Checkout;

/// <summary>What a buyer asks for.</summary>
/// <param name="VisitorId">Who buys.</param>
/// <param name="Currency">What is paid in: an ISO 4217 code.</param>
/// <param name="CartId">Buys what is in this cart and takes it out; or else give lines.</param>
/// <param name="Lines">What to buy; at most 200.</param>
/// <param name="Payment">How it is paid; needed unless nothing is to pay.</param>
/// <param name="CustomerId">The signed-in customer.</param>
/// <param name="SessionId">The visit.</param>
/// <param name="Region">The market: a country or a sales region.</param>
/// <param name="Channel">The sales channel.</param>
/// <param name="Coupons">Codes that the buyer entered; at most 5 different ones.</param>
/// <param name="ShipTo">Where it is sent to.</param>
/// <param name="ShippingMethod">How it is sent; the first that there is unless said.</param>
/// <param name="ExpectedTotal">What the buyer has seen; another total is refused.</param>
/// <param name="Buyer">What the screening for fraud may know of the buyer.</param>
public sealed record CheckoutBody(
    string VisitorId,
    Currency Currency,
    string? CartId = null,
    IReadOnlyList<CartLineView>? Lines = null,
    PaymentBody? Payment = null,
    string? CustomerId = null,
    string? SessionId = null,
    string? Region = null,
    string? Channel = null,
    IReadOnlyList<string>? Coupons = null,
    Destination? ShipTo = null,
    string? ShippingMethod = null,
    Money? ExpectedTotal = null,
    BuyerBody? Buyer = null)
{
    // Until callers are authenticated, a key is unique a visitor.
    internal CheckoutRequest ToRequest(string key) => new()
    {
        Key = new CheckoutKey(VisitorId, key),
        Visitor = new VisitorId(VisitorId),
        Customer = CustomerId is null ? null : new CustomerId(CustomerId),
        Session = SessionId is null ? null : new SessionId(SessionId),
        Cart = CartId is null ? null : new CartId(CartId),
        Lines = LinesOf(),
        Region = Region,
        Channel = Channel,
        Currency = Currency,
        Coupons = Coupons ?? [],
        ShipTo = ShipTo,
        ShippingMethod = ShippingMethod,
        ExpectedTotal = ExpectedTotal?.Amount,
        Payment = Payment?.ToMethod(),
        Capture = Payment?.Capture == PaymentBody.OnShipment
            ? CaptureMode.OnShipment : CaptureMode.Now,
        Buyer = Buyer?.ToTraits() ?? BuyerTraits.None,
    };

    private CartLine[] LinesOf()
    {
        var lines = new CartLine[Lines?.Count ?? 0];
        for (var i = 0; i < lines.Length; i++)
            lines[i] = new(new(Lines![i].ProductId), Lines[i].Quantity);
        return lines;
    }
}

/// <summary>How an order is paid.</summary>
/// <param name="Token">The gateway's token for the card; never a card number. The sandbox takes
/// <c>tok_visa</c> and other test tokens.</param>
/// <param name="Capture"><c>now</c>, or <c>onShipment</c> for when the first parcel leaves.
/// </param>
/// <param name="Fingerprint">The same for every token of one card, where it is known.</param>
/// <param name="Brand">The card's brand, as <c>visa</c>.</param>
/// <param name="Country">The country of the card's bank: two letters of ISO 3166-1.</param>
public sealed record PaymentBody(
    string Token,
    string? Capture = null,
    string? Fingerprint = null,
    string? Brand = null,
    string? Country = null)
{
    internal const string Now = "now";
    internal const string OnShipment = "onShipment";

    internal PaymentMethod ToMethod() => new(Token)
    {
        Fingerprint = Fingerprint,
        Brand = Brand,
        Country = Country,
    };
}

/// <summary>What is known of the buyer. All of it may be absent.</summary>
/// <param name="Email">As the buyer wrote it.</param>
/// <param name="Device">The storefront's id of the device.</param>
/// <param name="Ip">The buyer's address on the internet.</param>
/// <param name="BillingCountry">Of the card's address: two letters of ISO 3166-1.</param>
/// <param name="BillingPostalCode">Of the card's address.</param>
public sealed record BuyerBody(
    string? Email = null,
    string? Device = null,
    string? Ip = null,
    string? BillingCountry = null,
    string? BillingPostalCode = null)
{
    internal BuyerTraits ToTraits() => new(Email, Device, Ip, BillingCountry, BillingPostalCode);
}
