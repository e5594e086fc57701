using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class ServedModelTests
{
    // Two tastes: the first two axes.
    private static readonly (string Sku, float[] Factor)[] Items =
    [
        ("tent", [1, 0, 0.1f]), ("lamp", [0.9f, 0.1f, 0]), ("mat", [0.7f, 0, 0]),
        ("shoe", [0, 1, 0.1f]), ("sock", [0.1f, 0.8f, 0]), ("nothing", [0, 0, 0]),
    ];

    [Fact]
    public async Task Taste_finds_what_its_factors_meet_and_names_the_likest_product_as_the_reason()
    {
        await using var shop = await StartAsync();
        await shop.HandleAsync(
            shop.View("me", "unheard-of"), shop.View("me", "shoe", 1), shop.View("me", "tent", 60),
            shop.View("me", "tent", 61));

        var products = shop.Recommender.Recommend(new() { Visitor = new("me") }).Products;

        Assert.Equal("lamp", products[0].Sku.Value);
        Assert.Equal(RecommendationSource.Factors, products[0].Source);
        Assert.Equal("tent", products[0].Because?.Value);
        Assert.Equal("shoe", products.Single(p => p.Sku.Value == "sock").Because?.Value);
        Assert.DoesNotContain("nothing", products.Select(product => product.Sku.Value));
    }

    [Fact]
    public async Task Similar_products_are_those_whose_factors_point_the_same_way()
    {
        await using var shop = await StartAsync();

        Assert.Equal(["mat", "lamp", "sock", "shoe"], shop.Ask(
            new() { Placement = Placement.Similar, Products = [new("tent")] }));
        Assert.Empty(shop.Ask(
            new() { Placement = Placement.Similar, Products = [new("unheard-of")] }));
    }

    [Fact]
    public async Task What_is_sold_out_is_not_found()
    {
        await using var shop = await StartAsync();
        shop.Stock("mat", 0);

        Assert.Equal(["lamp", "sock", "shoe"], shop.Ask(
            new() { Placement = Placement.Similar, Products = [new("tent")] }));
    }

    [Fact]
    public async Task Learnt_neighbours_of_the_last_products_are_found()
    {
        await using var shop = await StartAsync(new ItemNeighbours(
            new[] { 0, 2, 2, 2, 2, 2, 2 }, new[] { 4, 3 }, new[] { 0.5f, -1 }));
        await shop.HandleAsync(shop.View("me", "tent"));

        var products = shop.Recommender.Recommend(new() { Visitor = new("me") }).Products;

        var sock = products.Single(product => product.Sku.Value == "sock");
        Assert.Equal(RecommendationSource.Linear, sock.Source);
        Assert.Equal("tent", sock.Because?.Value);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0, false)]
    public async Task What_goes_with_an_earlier_product_counts_as_the_model_was_trained(
        double decay, bool isFound)
    {
        await using var shop = await StartAsync(new ItemNeighbours(
            new[] { 0, 1, 1, 1, 1, 1, 1 }, new[] { 4 }, new[] { 0.5f }), decay);
        await shop.HandleAsync(shop.View("me", "tent"), shop.View("me", "lamp", 1));

        var products = shop.Recommender.Recommend(new() { Visitor = new("me") }).Products;

        Assert.Equal(isFound, products.Any(
            product => product.Source == RecommendationSource.Linear));
    }

    [Fact]
    public async Task A_model_that_is_replaced_leaves_the_next_answer_to_its_successor()
    {
        await using var shop = await StartAsync();
        await shop.HandleAsync(shop.View("me", "tent"));
        Assert.Equal("lamp", shop.AskFor("me")[0]);

        shop.Models.Replace(null);

        Assert.DoesNotContain("lamp", shop.AskFor("me"));
    }

    private static async Task<ServingRig> StartAsync(
        ItemNeighbours? neighbours = null, double? historyDecay = null)
    {
        var shop = await ServingRig.StartAsync();
        shop.Models.Replace(ServedModel.Of(new RecommendationModel
        {
            Manifest = new()
            {
                Id = "m1",
                Trainer = "ials",
                TrainedAt = ServingRig.Noon,
                CodeVersion = "0",
                DataHash = "",
                InteractionCount = 0,
                UserCount = 0,
                ItemCount = Items.Length,
                Parameters = historyDecay is { } decay
                    ? new Dictionary<string, double> { ["historyDecay"] = decay }
                    : new Dictionary<string, double>(),
                Metrics = new Dictionary<string, double>(),
            },
            Items = [.. Items.Select(item => item.Sku)],
            Dimensions = 3,
            ItemFactors = Items.SelectMany(item => item.Factor).ToArray(),
            UserGramian = default,
            FoldIn = new(UnobservedWeight: 0.1, Regularization: 0.01, FrequencyExponent: 1),
            Neighbours = neighbours ?? ItemNeighbours.None,
            Popularity = new float[Items.Length],
        }, shop.Engine.Items));
        return shop;
    }
}
