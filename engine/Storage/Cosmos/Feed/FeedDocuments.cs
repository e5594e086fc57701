using System.Text.Json;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos.Carts;
using StreamCommerce.Engine.Storage.Cosmos.Catalogue;
using StreamCommerce.Engine.Storage.Cosmos.Checkout;
using StreamCommerce.Engine.Storage.Cosmos.Outbox;
using StreamCommerce.Engine.Storage.Cosmos.Stock;

namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>A share that was moved, and the document that says so.</summary>
internal readonly record struct MovedShare(Share Share, JsonElement Document);

/// <summary>A layout that is another, and the document that says so.</summary>
internal readonly record struct FollowedLayout(ChangedLayout Changed, JsonElement Document);

/// <summary>What the documents of a page come to.</summary>
internal sealed class FeedPage
{
    public List<StoreChange> Changes { get; } = [];

    /// <summary>Their products' stock is to be read.</summary>
    public List<MovedShare> Moved { get; } = [];

    /// <summary>What is kept of them is to be forgotten.</summary>
    public List<FollowedLayout> Layouts { get; } = [];

    /// <summary>Whether the outbox has more.</summary>
    public bool HasEvents { get; set; }
}

/// <summary>Reads documents of the feed; what memory is kept of by nobody says nothing. Pure.
/// </summary>
/// <param name="region">The shop region whose cart replicas this instance reads.</param>
/// <param name="since">Orders placed before were news to an earlier run.</param>
internal sealed class FeedDocuments(string region, DateTimeOffset since)
{
    // Null where the document's type has none is no document of ours, and would go far.
    private static readonly JsonSerializerOptions Strict = new(CosmosJson.Options)
    {
        RespectNullableAnnotations = true,
    };

    private readonly string _replica = CartDocument.IdOf(region);

    /// <summary>Adds what a document says to its page; nothing where it throws.</summary>
    public void Read(string container, JsonElement document, FeedPage page)
    {
        // The catalogue has documents of one kind only, which has no type.
        var type = document.TryGetProperty("type", out var text) ? text.GetString() : null;
        switch (container, type)
        {
            case (CosmosSchema.Products, _):
                // The feed does not tell what was before: the price may be as it was.
                page.Changes.AddRange(ProductChanges.Between(
                    null, As<ProductDocument>(document).ToProduct()));
                break;
            case (CosmosSchema.Stock, ShareDocument.TypeName):
                var share = As<ShareDocument>(document).ToShare();
                if (share.Version > 0) page.Moved.Add(new(share, document));
                break;
            case (CosmosSchema.StockIndex, PolicyDocument.TypeName):
                var policy = As<PolicyDocument>(document);
                page.Layouts.Add(new(new(new(policy.Sku), null), document));
                break;
            case (CosmosSchema.StockIndex, WarehouseDocument.TypeName):
                var warehouse = As<WarehouseDocument>(document);
                page.Layouts.Add(new(new(null, new(warehouse.Region)), document));
                break;
            case (CosmosSchema.StockIndex, ListedShareDocument.TypeName):
                var listed = As<ListedShareDocument>(document).Key.ToKey();
                page.Layouts.Add(new(new(listed.Sku, listed.Region), document));
                break;
            case (CosmosSchema.Carts, CartDocument.TypeName):
                var cart = As<CartDocument>(document);
                if (cart.Id == _replica) page.Changes.Add(new CartChanged(cart.ToCart()));
                break;
            case (CosmosSchema.Orders, OrderDocument.TypeName):
                var order = As<OrderDocument>(document);
                if (order.Terms is null || order.Progress is null)
                    throw new JsonException("The order has no terms, or no progress.");
                if (order.PlacedAt >= since) page.Changes.Add(new OrderPlaced(order.ToOrder()));
                break;
            case (CosmosSchema.Carts or CosmosSchema.Orders, OutboxDocument.TypeName):
                page.HasEvents = true;
                break;
        }
    }

    private static T As<T>(JsonElement document) where T : class =>
        document.Deserialize<T>(Strict) ?? throw new JsonException("The document is null.");
}
