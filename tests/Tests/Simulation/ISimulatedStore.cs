using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Memory;

namespace StreamCommerce.Tests.Simulation;

/// <summary>What survives the shop's processes, and how they reach it.</summary>
internal interface ISimulatedStore
{
    /// <summary>
    /// Whether a step and all that follows from it are written at once; else they are one after
    /// another, and whoever looks between sees some of it.
    /// </summary>
    bool IsOneUnit { get; }

    /// <summary>How many processes of the shop run at a time.</summary>
    int ProcessCount { get; }

    /// <summary>Before any trouble: products and their first stock.</summary>
    void Fill(IEnumerable<Product> products, IEnumerable<StockAdjustment> stock);

    /// <summary>The stores as a process has them, with all its troubles.</summary>
    /// <param name="shop">Whose process.</param>
    /// <param name="life">Of the process.</param>
    /// <param name="number">Which process, from 0.</param>
    ShopStores OpenFor(SimulatedShop shop, Life life, int number);

    /// <summary>Begins the troubles that are the store's own.</summary>
    void BeRough(SimulatedShop shop);

    /// <summary>The catalogue, which nothing happens to.</summary>
    IProductStore Products { get; }

    /// <summary>Looks at what is durable, without anybody's noticing.</summary>
    void Read(Action<IDurableState> look);

    /// <summary>When somebody has to look at what a crash has left; null for never.</summary>
    DateTimeOffset? NextRepair(bool ofOrders);
}

/// <summary>The store of one writer, in memory.</summary>
internal sealed class MemoryStore(VirtualWorld world) : ISimulatedStore
{
    private readonly ShopStores _stores = MemoryShop.Open(world.Outside.Time);

    public bool IsOneUnit => true;

    public int ProcessCount => 1;

    public IProductStore Products => _stores.Products;

    public void Fill(IEnumerable<Product> products, IEnumerable<StockAdjustment> stock)
    {
        foreach (var product in products)
            _ = _stores.Products.PutAsync(product, null, CancellationToken.None).AsTask();
        foreach (var adjustment in stock)
            _ = _stores.Stock.AdjustAsync(adjustment, CancellationToken.None).AsTask();
    }

    public ShopStores OpenFor(SimulatedShop shop, Life life, int number) =>
        ShopStores.Over(new FaultyRunner(_stores.Runner, shop, life));

    public void BeRough(SimulatedShop shop)
    {
    }

    public void Read(Action<IDurableState> look) => _ = _stores.Runner.ReadAsync(
        tx =>
        {
            look(new RowsState(tx));
            return true;
        },
        CancellationToken.None).AsTask();

    public DateTimeOffset? NextRepair(bool ofOrders) => null;
}
