using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage;

namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// What the shop has to offer at this moment, in memory, by the products' numbers: ranking reads
/// it for every candidate and touches no store. It sees each commit before the commit is answered,
/// so that no answer made after an acknowledged sale offers what that sale took the last unit of.
/// </summary>
/// <remarks>
/// Any thread reads, without a lock, an array look-up each. The store's writer puts; a feed of what
/// another instance has written may put beside it (<see cref="Committed"/>): versions decide, so
/// that it does not matter who comes first. Loading is no different: it begins after the shelf has
/// been attached to the store, and what it reads is older than what it was told.
/// </remarks>
public sealed class Shelf : ICommitObserver
{
    /// <summary>The number of the region whose stock this instance sells.</summary>
    public const int HomeRegion = 0;

    // An attribute of one product each (a serial number) tells ranking nothing: beyond the limits
    // it has no number. Longer texts are descriptions.
    private const int LabelLimit = 250_000;
    private const int AttributeLengthLimit = 64;

    private static readonly int[] None = [];

    private readonly Lock _gate = new();
    private readonly ItemColumn<ShelfProduct?> _products = new();
    private readonly ItemColumn<BundlePart[]?> _parts = new();
    private readonly StockColumns _stock;
    private readonly NewArrivals _arrivals = new();
    private readonly CategoryMembers _members = new();
    private volatile Exception? _fault;
    private long _productVersion;

    /// <param name="items">Numbers every product that is put up or that stock is kept of.</param>
    /// <param name="own">The region whose stock is meant where none is named; null: home.</param>
    public Shelf(ItemNumbers items, StockRegion? own = null) =>
        (Items, _stock) = (items, new(own ?? StockRegion.Home));

    /// <summary>The numbers of the products.</summary>
    public ItemNumbers Items { get; }

    /// <summary>The numbers of the categories.</summary>
    public Labels Categories { get; } = new(LabelLimit);

    /// <summary>The numbers of the brands.</summary>
    public Labels Brands { get; } = new(LabelLimit);

    /// <summary>The numbers of attributes as <c>name=text</c>.</summary>
    public Labels Attributes { get; } = new(LabelLimit);

    /// <summary>Grows with each product that is put up or changed.</summary>
    public long ProductVersion => Volatile.Read(ref _productVersion);

    /// <summary>Why the shelf is not current any more; null while it is.</summary>
    public Exception? Fault => _fault;

    /// <summary>
    /// A shelf with all that the stores hold, which from now on sees what they commit.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The stores cannot be read.</exception>
    public static async Task<Shelf> OpenAsync(
        ShopStores stores, ItemNumbers items, CancellationToken ct)
    {
        var shelf = new Shelf(items, stores.StockRegion);
        var attachment = stores.Attach(shelf);
        try
        {
            await ShelfLoader.LoadAsync(shelf, stores, ct);
            return shelf;
        }
        catch
        {
            attachment.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The region's number at this moment, for all calls of one request. A region that stock was
    /// never kept in sells everything, as a product does; where there are more regions than the
    /// shelf can tell apart, one that it does not know sells nothing.
    /// </summary>
    public int RegionOf(StockRegion region) => _stock.RegionOf(region);

    /// <summary>
    /// Whether a unit of the item can be sold in a region now: <see cref="StockLevel.CanSell"/>;
    /// of a bundle, whether all it is made of can.
    /// </summary>
    /// <param name="item">The product; nothing can be sold that has no number.</param>
    /// <param name="region">A number of <see cref="RegionOf"/>.</param>
    public bool CanSell(int item, int region = HomeRegion)
    {
        if (_parts[item] is not { } parts) return _stock.HasUnits(item, region);
        foreach (var part in parts)
            if (_stock.UnitsOf(part.Item, region) < part.Quantity) return false;
        return true;
    }

    /// <summary>The items of a category, by its number, in no order. A few may have left it, or
    /// be there twice.</summary>
    internal ReadOnlySpan<int> MembersOf(int category) => _members.Of(category);

    /// <summary>What the catalogue says of an item; null where it says nothing.</summary>
    public ShelfProduct? Find(int item) => _products[item];

    /// <summary>Whether an item is in a category, by the category's number.</summary>
    public bool IsIn(int item, int category) => _products[item]?.IsIn(category) == true;

    /// <summary>The products that were put up last, a thousand at most, the newest first.
    /// </summary>
    internal ReadOnlySpan<int> NewArrivals => _arrivals.Newest;

    /// <summary>Writes the products that were put up last and can be sold in a region, the newest
    /// first.</summary>
    /// <returns>How many: of the last thousand, those that can be sold.</returns>
    public int CopyNewArrivals(Span<int> items, int region = HomeRegion)
    {
        var count = 0;
        foreach (var item in _arrivals.Newest)
        {
            if (count == items.Length) break;
            if (CanSell(item, region)) items[count++] = item;
        }
        return count;
    }

    /// <inheritdoc/>
    public void Committed(ReadOnlySpan<StoreChange> changes)
    {
        foreach (var change in changes)
        {
            switch (change)
            {
                case StockChanged stock:
                    _stock.Put(
                        Items.Resolve(stock.Sku), stock.Region, stock.Version,
                        stock.IsTracked ? stock.Available : StockColumns.Plenty, isNews: true);
                    break;
                case ProductChanged changed:
                    Put(changed.Product);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Detached(Exception fault) => _fault = fault;

    /// <summary>Takes what was read from a store.</summary>
    internal void Put(StockLevel level) => _stock.Put(
        Items.Resolve(level.Sku), level.Region, level.Version,
        level.IsTracked ? level.Promisable : StockColumns.Plenty, isNews: false);

    /// <summary>Takes a product, where no later version of it is there.</summary>
    internal void Put(Product product)
    {
        var item = Items.Resolve(product.Sku);
        if (item < 0) return;
        var next = ToShelf(product);
        var parts = ToParts(product.Components);
        // A reader that loads and the store's writer may come together; none holds it for long.
        lock (_gate)
        {
            ref var place = ref _products.At(item);
            var known = place;
            if (known is not null && known.Version >= next.Version) return;
            if (parts is not null || _parts[item] is not null)
                Volatile.Write(ref _parts.At(item), parts);
            Volatile.Write(ref place, next);
            _members.Move(item, known is null ? [] : known.Categories, next.Categories, IsIn);
            Volatile.Write(ref _productVersion, _productVersion + 1);
        }
        if (next.AddedTicks > 0) _arrivals.Note(item, next.AddedTicks);
    }

    private ShelfProduct ToShelf(Product product) => new(
        product.Title,
        Number(Categories, product.Categories),
        product.Attributes.Count == 0 ? None : Number(Attributes, [.. product.Attributes
            .Where(pair => pair.Value.Length <= AttributeLengthLimit)
            .Select(pair => $"{pair.Key}={pair.Value}")]))
    {
        Brand = product.Brand is { } brand ? Brands.Resolve(brand) : -1,
        Price = product.Price,
        AddedTicks = product.AddedAt.UtcTicks,
        Version = product.Version,
    };

    private BundlePart[]? ToParts(IReadOnlyList<Component> components) => components.Count == 0
        ? null
        : [.. components.Select(part => new BundlePart(Items.Resolve(part.Sku), part.Quantity))];

    // Each once. Loops: it is done once for each product of a catalogue that is loaded.
    private static int[] Number(Labels labels, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return None;
        var numbers = new int[texts.Count];
        var count = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (labels.Resolve(texts[i]) is var number and >= 0
                && !numbers.AsSpan(0, count).Contains(number)) numbers[count++] = number;
        }
        return count == numbers.Length ? numbers : numbers[..count];
    }
}
