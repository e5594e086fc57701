using StreamCommerce.Engine.Recommendations;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class MerchantWishesTests
{
    [Fact]
    public async Task A_pinned_product_stands_at_its_place_unless_it_cannot_be_sold()
    {
        await using var shop = await StartAsync();
        shop.Merchandising.Put(new()
        {
            Pins = [new() { Sku = new("a"), Position = 2, Placement = "new-arrivals" }],
        }, ifMatch: null);

        Assert.Equal(["d", "a", "c"], shop.Ask(NewArrivals));
        var pinned = shop.Recommender.Recommend(NewArrivals).Products[1];
        Assert.Equal(RecommendationSource.Pinned, pinned.Source);
        Assert.Equal(RecommendationReason.Pinned, pinned.Reason);

        shop.Stock("a", 0);
        Assert.Equal(["d", "c", "b"], shop.Ask(NewArrivals));
    }

    [Fact]
    public async Task A_pin_is_on_the_first_page_only_and_no_page_repeats_it()
    {
        await using var shop = await StartAsync();
        shop.Merchandising.Put(
            new() { Pins = [new() { Sku = new("a"), Position = 1 }] }, ifMatch: null);
        var request = NewArrivals with { Count = 2 };

        var first = shop.Recommender.Recommend(request);
        var second = shop.Ask(request with { After = first.Next! });

        Assert.Equal(["a", "d"], first.Products.Select(product => product.Sku.Value));
        Assert.Equal(["c", "b"], second);
    }

    [Fact]
    public async Task A_pin_behind_the_first_page_is_on_the_page_that_has_its_place()
    {
        await using var shop = await StartAsync();
        shop.Merchandising.Put(
            new() { Pins = [new() { Sku = new("a"), Position = 3 }] }, ifMatch: null);
        var request = NewArrivals with { Count = 2 };

        var first = shop.Recommender.Recommend(request);
        var second = shop.Ask(request with { After = first.Next! });

        Assert.Equal(["d", "c"], first.Products.Select(product => product.Sku.Value));
        Assert.Equal(["a", "b"], second);
    }

    [Fact]
    public async Task A_boost_lifts_a_product_from_far_behind_the_page()
    {
        await using var shop = await ServingRig.StartAsync();
        for (var i = 0; i < 100; i++) shop.Put($"p{i}");
        Assert.Equal("p99", shop.Ask(NewArrivals)[0]);

        shop.Merchandising.Put(
            new() { Boosts = [new() { Skus = [new("p5")], Factor = 100 }] }, ifMatch: null);

        Assert.Equal("p5", shop.Ask(NewArrivals)[0]);
    }

    [Fact]
    public async Task A_hidden_product_comes_in_no_list_not_even_pinned()
    {
        await using var shop = await StartAsync();
        await shop.HandleAsync(shop.View("v", "b"), shop.View("v", "c", 1));
        shop.Merchandising.Put(new()
        {
            Hidden = [new() { Skus = [new("b")] }],
            Pins = [new() { Sku = new("b"), Position = 1 }],
        }, ifMatch: null);

        foreach (var placement in Enum.GetValues<Placement>())
        {
            Assert.DoesNotContain("b", shop.Ask(
                new() { Placement = placement, Products = [new("c")], Count = 50 }));
        }
    }

    [Fact]
    public async Task A_boost_moves_a_product_up()
    {
        await using var shop = await StartAsync();
        Assert.Equal(["d", "c", "b"], shop.Ask(NewArrivals));

        shop.Merchandising.Put(
            new() { Boosts = [new() { Skus = [new("b")], Factor = 10 }] }, ifMatch: null);

        Assert.Equal(["b", "d", "c"], shop.Ask(NewArrivals));
    }

    private static RecommendationRequest NewArrivals => new()
    {
        Placement = Placement.NewArrivals,
        Count = 3,
    };

    private static async Task<ServingRig> StartAsync()
    {
        var shop = await ServingRig.StartAsync();
        foreach (var sku in new[] { "a", "b", "c", "d" }) shop.Put(sku);
        return shop;
    }
}
