using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>
/// The versions that this instance was told last. Its own writes and the change feed come side by
/// side: what is older than what was told is not told after it, and what the feed repeats is not
/// told again. One thread at a time.
/// </summary>
/// <remarks>
/// Memory is bounded: beyond it everything is forgotten, and may be told again, which versions
/// tell, too. A cart that was removed and begun anew has lower versions: this instance's own are
/// told, those of others once they are above what they were.
/// </remarks>
internal sealed class ToldVersions
{
    // Some 20 MB; full, it starts anew.
    private const int KeptLimit = 200_000;

    private readonly Dictionary<Key, long> _versions = [];

    private enum Kind
    {
        Stock,
        Product,
        Price,
        Cart,
        Order,
    }

    private readonly record struct Key(Kind Kind, string Id, string Region = "");

    /// <summary>Whether to tell a change; notes that it is told then.</summary>
    /// <param name="change">The change.</param>
    /// <param name="isOwn">Whether this instance made it; then its version may have been told,
    /// as where a product's policy is another.</param>
    public bool Admit(StoreChange change, bool isOwn)
    {
        if (Find(change) is not var (key, version)) return true;
        if (!_versions.TryGetValue(key, out var told))
        {
            if (_versions.Count == KeptLimit) _versions.Clear();
        }
        else if (!IsNews(key.Kind, version, told, isOwn))
        {
            return false;
        }
        _versions[key] = version;
        return true;
    }

    private static bool IsNews(Kind kind, long version, long told, bool isOwn) => kind switch
    {
        // Placed once, whatever becomes of it.
        Kind.Order => false,
        Kind.Cart when isOwn => true,
        _ => isOwn ? version >= told : version > told,
    };

    private static (Key Key, long Version)? Find(StoreChange change) => change switch
    {
        StockChanged stock =>
            (new(Kind.Stock, stock.Sku.Value, stock.Region.Value), stock.Version),
        ProductChanged product =>
            (new(Kind.Product, product.Product.Sku.Value), product.Product.Version),
        PriceChanged price => (new(Kind.Price, price.Sku.Value), price.Version),
        CartChanged cart => (new(Kind.Cart, cart.Cart.Id.Value), cart.Cart.Version),
        OrderPlaced order => (new(Kind.Order, order.Order.Id.Value), order.Order.Version),
        _ => null,
    };
}
