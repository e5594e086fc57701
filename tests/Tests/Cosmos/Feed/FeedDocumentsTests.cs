using System.Text.Json;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Carts;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Feed;

public sealed class FeedDocumentsTests
{
    private readonly FeedDocuments _documents = new("home", DateTimeOffset.UnixEpoch);
    private readonly FeedPage _page = new();

    [Theory]
    [InlineData("home", 1)]
    [InlineData("away", 0)]
    public void A_cart_is_told_where_its_replica_is_of_this_region(string region, int told)
    {
        var cart = new Cart(new("c1"), new("ann"), [], 1, default);

        Read(CosmosSchema.Carts, CartDocument.Of(cart, CartDocument.IdOf(region)));

        Assert.Equal(told, _page.Changes.OfType<CartChanged>().Count());
    }

    [Fact]
    public void Of_a_share_that_was_only_made_there_is_nothing_to_tell()
    {
        var share = ShareDocument.Empty(new(new("tea"), StockRegion.Home));

        Read(CosmosSchema.Stock, share);
        Read(CosmosSchema.Stock, share with { Available = 5, Version = 1 });

        Assert.Equal(5, Assert.Single(_page.Moved).Share.Available);
    }

    [Fact]
    public void A_policy_a_warehouse_and_a_new_share_are_other_layouts()
    {
        Read(CosmosSchema.StockIndex, new PolicyDocument
        {
            Scope = "s",
            Sku = "tea",
            Policy = StockPolicy.Default,
        });
        Read(CosmosSchema.StockIndex,
            WarehouseDocument.Of(new(new("north"), StockRegion.Home, 1)));
        Read(CosmosSchema.StockIndex, ListedShareDocument.Of(new(new("cup"), StockRegion.Home)));

        Assert.Equal(
            [
                new(new("tea"), null), new(null, StockRegion.Home),
                new(new("cup"), StockRegion.Home),
            ],
            _page.Layouts.Select(layout => layout.Changed));
    }

    [Theory]
    [InlineData(CosmosSchema.StockIndex, """{"type":"place","id":"r1"}""")]
    [InlineData(CosmosSchema.Stock, """{"type":"entry","id":"m:1"}""")]
    [InlineData(CosmosSchema.Carts, """{"type":"operation","id":"op:1"}""")]
    [InlineData(CosmosSchema.Orders, """{"type":"refused","id":"order"}""")]
    public void What_no_memory_is_kept_of_says_nothing(string container, string json)
    {
        _documents.Read(container, JsonElement.Parse(json), _page);

        Assert.Empty(_page.Changes);
        Assert.Empty(_page.Moved);
        Assert.False(_page.HasEvents);
    }

    [Theory]
    [InlineData(CosmosSchema.Carts)]
    [InlineData(CosmosSchema.Orders)]
    public void An_event_that_waits_is_noticed(string container)
    {
        _documents.Read(container, JsonElement.Parse("""{"type":"outbox"}"""), _page);

        Assert.True(_page.HasEvents);
    }

    [Theory]
    [InlineData(CosmosSchema.Products, """{"id":"tea"}""")]
    [InlineData(CosmosSchema.Products,
        """{"id":"a","sku":null,"title":"A","priceAmount":"1","priceCurrency":"EUR"}""")]
    [InlineData(CosmosSchema.Stock, """{"type":"share","share":"s","place":"p","key":7}""")]
    [InlineData(CosmosSchema.Carts, """{"type":7}""")]
    [InlineData(CosmosSchema.Orders, """{"type":"order","order":"o","orderId":"o"}""")]
    public void What_is_no_document_of_ours_is_refused(string container, string json)
    {
        Assert.ThrowsAny<Exception>(
            () => _documents.Read(container, JsonElement.Parse(json), _page));

        Assert.Empty(_page.Changes);
        Assert.Empty(_page.Moved);
    }

    private void Read<T>(string container, T document) => _documents.Read(
        container, JsonSerializer.SerializeToElement(document, CosmosJson.Options), _page);
}
