using System.Text.Json;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Tests.Cosmos.Stock;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Feed;

public sealed class FeedTellerTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos();

    private CancellationToken Ct => _shop.Ct;

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_policy_of_a_product_whose_share_cannot_be_read_is_put_aside()
    {
        using var parts = new StockParts(_shop);
        await parts.Layouts.FindAsync(new("tea"), StockRegion.Home, Ct);
        var listed = ListedShareDocument.Of(ShopFixture.Share("tea"));
        await parts.Of(CosmosSchema.StockIndex).CreateAsync(listed.Scope, listed, Ct);
        var partition = ShareKeyDocument.PartitionOf(ShopFixture.Share("tea"));
        await parts.Of(CosmosSchema.Stock).CreateAsync(partition,
            new { id = ShareDocument.TypeName, share = partition, key = 7 }, Ct);
        var policy = JsonSerializer.SerializeToElement(new PolicyDocument
        {
            Scope = PolicyDocument.ScopeOf(new("tea")),
            Sku = "tea",
            Policy = StockPolicy.Default,
        }, CosmosJson.Options);

        await parts.Teller().TellAsync(CosmosSchema.StockIndex, [policy], Ct);

        var letter = Assert.Single(
                _shop.Gate!.ItemsOf(_shop.CosmosOptions.Database, CosmosSchema.DeadLetters))
            .Deserialize<DeadLetterDocument>(CosmosJson.Options)!;
        Assert.Equal((CosmosSchema.StockIndex, "policy"), (letter.Container, letter.DocumentId));
    }
}
