using FsCheck.Xunit;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Checkout;

public sealed class CheckoutRulesTests
{
    [Property]
    public void The_sum_of_the_lines_is_the_total_in_every_currency(int seed)
    {
        var random = new Random(seed);
        var currency = Currency.Of(new[] { "EUR", "JPY", "KWD" }[random.Next(3)]);
        var lines = Enumerable.Range(0, random.Next(1, 200))
            .Select(i => new CartLine(new($"p{i}"), random.Next(1, 10_000))).ToArray();
        var state = new CheckoutState(
            lines,
            lines.ToDictionary(l => l.Sku, l => new Offer(l.Sku, "A product",
                new(random.Next(0, 1_000_000) / 10_000m, currency))));
        var request = ShopFixture.Request("k") with { Lines = lines, Currency = currency };
        var command = new PlaceOrder(
            request, request.Hash(), new("o"), new("r"), StockRegion.Home);

        var decision = CheckoutRules.Decide(command, state, ShopFixture.Start).Value!;

        Assert.Equal(decision.Order.Lines.Sum(l => l.Total.Amount), decision.Order.Total.Amount);
        Assert.All(decision.Order.Lines, l => Assert.Equal(l.Total.Round(), l.Total));
        Assert.Null(EventRules.Check(decision.Event, ShopFixture.Start, null));
        Assert.Equal(lines.Select(l => new StockLine(l.Sku, l.Quantity)), decision.Stock.Lines);
    }

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
