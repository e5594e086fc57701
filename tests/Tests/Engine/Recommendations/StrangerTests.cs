using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Profiles;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

/// <summary>Visitors of whom the engine knows nothing, and the store may know something.</summary>
public sealed class StrangerTests
{
    private static readonly RecommendationRequest ForMe = new() { Visitor = new("me") };

    private readonly ScriptedProfiles _store = new()
    {
        Answer = _ => Task.FromResult<IReadOnlyList<ProductInteraction>>(
            [
                new(ServingRig.Noon.UtcTicks, new("mug"), EventName.Purchase, 0),
                new(ServingRig.Noon.UtcTicks, new("gone"), EventName.ViewItem, 0),
            ]),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_stranger_did_by_the_store_counts()
    {
        await using var shop = await StartAsync();

        var answer = await shop.Recommender.RecommendAsync(ForMe, Ct);

        Assert.Equal(["tea"], answer.Products.Select(product => product.Sku.Value));
    }

    [Fact]
    public async Task A_stranger_of_whom_the_store_cannot_tell_is_answered_as_anybody()
    {
        await using var shop = await StartAsync();
        _store.Answer = _ => throw new StreamCommerce.Engine.StoreUnavailableException("planned");

        var answer = await shop.Recommender.RecommendAsync(ForMe, Ct);

        Assert.Equal(["mug", "tea"], answer.Products.Select(product => product.Sku.Value)
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_whom_the_engine_knows_the_store_is_not_asked()
    {
        await using var shop = await StartAsync();
        await shop.HandleAsync(shop.View("me", "tea"));

        var answering = shop.Recommender.RecommendAsync(ForMe, Ct);

        Assert.True(answering.IsCompletedSuccessfully);
        Assert.Equal(["mug"], (await answering).Products.Select(product => product.Sku.Value));
        Assert.Equal(0, _store.Asked);
    }

    [Fact]
    public async Task Nobody_in_particular_is_not_asked_for()
    {
        await using var shop = await StartAsync();

        await shop.Recommender.RecommendAsync(new(), Ct);

        Assert.Equal(0, _store.Asked);
    }

    private async Task<ServingRig> StartAsync()
    {
        var shop = await ServingRig.StartAsync(stored: _store);
        foreach (var sku in (string[])["mug", "tea"])
        {
            shop.Put(sku);
            shop.Stock(sku, 5);
        }
        return shop;
    }
}
