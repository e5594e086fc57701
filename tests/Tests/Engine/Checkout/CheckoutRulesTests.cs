using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Checkout;

public sealed class CheckoutRulesTests
{
    [Fact]
    public void Requests_that_differ_anywhere_have_different_hashes()
    {
        var request = ShopFixture.Request("k", ("tea", 1), ("cup", 2));
        CheckoutRequest[] others =
        [
            request with { Visitor = new("v2") },
            request with { Customer = new("v1") },
            request with { Session = new("v1") },
            request with { Region = "DE" },
            request with { Channel = "DE" },
            request with { ExpectedTotal = 1m },
            request with { Coupons = ["DE"] },
            request with { ShipTo = new("DE") },
            request with { ShippingMethod = "DE" },
            request with { Payment = new("tok_mastercard") },
            request with { Capture = CaptureMode.OnShipment },
            request with { Buyer = new("ann@example.org") },
            request with { Currency = Currency.Of("GBP") },
            ShopFixture.Request("k", ("tea", 1), ("cup", 3)),
            ShopFixture.Request("k", ("tea", 1)),
            ShopFixture.Request("k", ("tea1", 1), ("cup", 2)),
            ShopFixture.Request("k") with { Cart = new("tea") },
        ];
        Assert.Equal(others.Length + 1, others.Append(request).Select(r => r.Hash())
            .Distinct().Count());
        // The same amount, however it was written.
        Assert.Equal((request with { ExpectedTotal = 6.0m }).Hash(),
            (request with { ExpectedTotal = 6.00m }).Hash());
    }

    [Fact]
    public void A_request_with_nothing_or_too_much_is_refused()
    {
        var tooMany = Enumerable.Range(0, 201).Select(i => ($"p{i}", 1)).ToArray();

        Assert.Equal(RefusalCode.EmptyCart,
            CheckoutRules.Check(ShopFixture.Request("k"))!.Code);
        Assert.Equal(RefusalCode.LineLimit,
            CheckoutRules.Check(ShopFixture.Request("k", tooMany))!.Code);
        Assert.Equal(RefusalCode.Invalid,
            CheckoutRules.Check(ShopFixture.Request("", ("tea", 1)))!.Code);
        Assert.Equal(RefusalCode.Invalid, CheckoutRules.Check(
            ShopFixture.Request("k", ("tea", 1)) with { Cart = new("c") })!.Code);
    }
}
