using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Newcomers;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Newcomers;

/// <summary>Products that were put up after the model was trained.</summary>
public sealed class NewcomerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_product_like_what_a_visitor_wants_is_recommended_before_anybody_saw_it()
    {
        await using var shop = await NewcomerShop.StartAsync();
        await shop.LookAsync("me", "tent", "lamp", "mat");
        shop.Rig.Put("stove", "camping");
        shop.Rig.Put("bat", "sport");
        shop.Refresh();

        var products = shop.Rig.Recommender.Recommend(new() { Visitor = new("me") }).Products;

        var stove = Assert.Single(products, product => product.Sku.Value == "stove");
        Assert.Equal(RecommendationSource.Factors, stove.Source);
        Assert.Contains(stove.Because?.Value, new[] { "tent", "lamp", "mat" });
        Assert.True(stove.Score > products.Single(p => p.Sku.Value == "bat").Score);
    }

    [Fact]
    public async Task Its_first_visitors_move_a_new_product_to_what_they_want()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("net", "camping");
        shop.Refresh();
        var promised = shop.Cosine("net", "shoe");

        await shop.LookAsync("a", "shoe", "sock", "net");
        shop.Refresh();
        var once = shop.Cosine("net", "shoe");
        await shop.LookAsync("b", "ball", "cap", "net");
        await shop.LookAsync("c", "sock", "cap", "net", "ball");
        shop.Refresh();

        Assert.True(once > promised, $"{once} > {promised}");
        Assert.True(shop.Cosine("net", "shoe") > once);
    }

    [Fact]
    public async Task Of_what_no_attribute_tells_anything_the_first_visitors_do()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("gadget", "gadgets");
        shop.Refresh();
        Assert.Null(shop.Cosine("gadget", "shoe"));

        await shop.LookAsync("a", "shoe", "sock", "gadget");
        shop.Refresh();

        Assert.True(shop.Cosine("gadget", "shoe") > shop.Cosine("gadget", "tent"));
    }

    [Fact]
    public async Task A_click_on_a_new_product_tells_what_its_visitor_wants()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("stove", "camping");
        shop.Refresh();

        await shop.LookAsync("me", "stove");

        var products = shop.Rig.Recommender.Recommend(new() { Visitor = new("me") }).Products;
        Assert.Equal(RecommendationSource.Factors, products[0].Source);
        Assert.Contains(products[0].Sku.Value, new[] { "tent", "lamp", "mat", "rope" });
    }

    [Fact]
    public async Task A_new_product_is_similar_and_has_similar_ones()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("stove", "camping");
        shop.Rig.Put("bat", "sport");
        shop.Refresh();

        var ofStove = Similar(shop, "stove");
        var ofTent = Similar(shop, "tent");

        Assert.Equal(["lamp", "mat", "rope", "tent"], ofStove.Take(4).Order());
        Assert.True(Array.IndexOf(ofTent, "stove") < Array.IndexOf(ofTent, "bat"));
        Assert.Contains("stove", ofTent);
    }

    [Fact]
    public async Task A_new_product_that_is_sold_out_is_not_shown()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("stove", "camping");
        shop.Refresh();
        shop.Rig.Stock("stove", 0);

        Assert.DoesNotContain("stove", Similar(shop, "tent"));
    }

    [Fact]
    public async Task Who_is_forgotten_is_forgotten_in_the_factors_of_new_products()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("net", "camping");
        await shop.LookAsync("a", "tent", "net");
        shop.Refresh();
        var before = shop.Cosine("net", "shoe");
        await shop.LookAsync("b", "shoe", "sock", "net");
        shop.Refresh();
        Assert.NotEqual(before, shop.Cosine("net", "shoe"));

        var erased = await shop.Rig.Engine.ForgetAsync(new("b"), Ct);
        shop.Refresh();

        Assert.Equal(before, shop.Cosine("net", "shoe"));
        Assert.Contains(erased.Places, place =>
            place is { Place: "newest-products", Removed: 3, Left: 0 });
    }

    [Fact]
    public async Task The_same_state_gives_the_same_factors_whenever_they_are_made()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("net", "camping");
        shop.Rig.Put("stove", "camping");
        foreach (var visitor in new[] { "a", "b", "c" })
        {
            await shop.LookAsync(visitor, "shoe", "tent", "net", "sock");
            shop.Refresh();
        }
        var again = shop.NewModel();

        new NewcomerLearning(shop.Rig.Engine, shop.Rig.Shelf).Refresh(again);

        Assert.Equal(2, again.Newcomers!.Count);
        Assert.Equal(
            shop.Model.Newcomers!.Factors.Numbers.ToArray(),
            again.Newcomers.Factors.Numbers.ToArray());
    }

    [Fact]
    public async Task A_catalogue_that_comes_after_the_model_is_learnt_from_too()
    {
        await using var shop = await NewcomerShop.StartAsync(withCatalogue: false);
        shop.Rig.Put("stove", "camping");
        shop.Refresh();
        Assert.Null(shop.Model.Newcomers);

        shop.PutTrained();
        shop.Refresh();

        Assert.True(shop.Cosine("stove", "tent") > shop.Cosine("stove", "shoe"));
    }

    [Fact]
    public async Task A_model_that_was_trained_on_a_product_has_it_for_a_newcomer_no_more()
    {
        await using var shop = await NewcomerShop.StartAsync();
        shop.Rig.Put("stove", "camping");
        shop.Refresh();
        Assert.Equal(1, shop.Model.Newcomers?.Count);

        shop.Serve(shop.NewModel("stove"));

        Assert.Null(shop.Model.Newcomers);
        Assert.Contains("stove", Similar(shop, "tent"));
    }

    [Fact]
    public async Task The_products_that_were_put_up_last_are_kept()
    {
        await using var shop = await NewcomerShop.StartAsync();
        for (var i = 0; i <= NewcomerLearning.Limit; i++) shop.Rig.Put($"new-{i}", "camping");

        shop.Refresh();

        Assert.Equal(NewcomerLearning.Limit, shop.Model.Newcomers?.Count);
        Assert.Null(shop.Cosine("new-0", "tent"));
        Assert.NotNull(shop.Cosine("new-1", "tent"));
    }

    private static string[] Similar(NewcomerShop shop, string sku) =>
        shop.Rig.Ask(new() { Placement = Placement.Similar, Products = [new(sku)] });
}
