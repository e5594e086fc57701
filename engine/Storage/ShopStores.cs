using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Engine.Storage;

/// <summary>
/// The stores of one shop. <see cref="Sqlite.SqliteShop"/>, <see cref="Memory.MemoryShop"/> and
/// <see cref="Cosmos.CosmosShop"/> open it. Disposing completes what was accepted, then closes.
/// </summary>
public sealed class ShopStores : IAsyncDisposable
{
    private readonly CommitObservers _observers;
    private readonly IAsyncDisposable _store;

    internal ShopStores(
        IObservable<StoreChange> changes, CommitObservers observers, IAsyncDisposable store) =>
        (Changes, _observers, _store) = (changes, observers, store);

    public required IProductStore Products { get; init; }

    public required IStockStore Stock { get; init; }

    public required IStockKeeping StockKeeping { get; init; }

    public required ICartStore Carts { get; init; }

    public required IOrderStore Orders { get; init; }

    public required ICheckoutStore Checkout { get; init; }

    public required IOutbox Outbox { get; init; }

    public required IWebhookStore Webhooks { get; init; }

    public required ICouponStore Coupons { get; init; }

    /// <summary>The region whose stock this instance sells; only its instances write that.
    /// </summary>
    public StockRegion StockRegion { get; init; } = StockRegion.Home;

    /// <summary>Whether another instance may read what this one has written a moment late,
    /// unless it is handed the caller's session.</summary>
    public bool HasSessions { get; init; }

    /// <summary>
    /// Tells what other instances write, from when it is started; that is to be before the first
    /// cache is loaded. Ends with the stores. Null where there are no other instances.
    /// </summary>
    public CosmosFeed? Feed { get; init; }

    /// <summary>Opens the registry of models whose entries are kept beside the documents, over
    /// the place of their files; ends with the stores. Null where the place of the files keeps the
    /// entries, too.</summary>
    public Func<IModelFiles, IModelRegistry>? OpenModels { get; init; }

    /// <summary>What instances that share the work on the log write. Null where there are no
    /// other instances.</summary>
    public SharedStores? Shared { get; init; }

    /// <summary>What was durably changed, after each commit.</summary>
    public IObservable<StoreChange> Changes { get; }

    /// <summary>For tests that look behind the ports of a store with one writer.</summary>
    internal IShopRunner Runner => _store as IShopRunner
        ?? throw new InvalidOperationException("This store has no units of work.");

    /// <summary>
    /// From here on the observer sees every commit before its answer; disposing ends that.
    /// </summary>
    public IDisposable Attach(ICommitObserver observer) => _observers.Attach(observer);

    /// <summary>The stores of a shop that has one writer.</summary>
    internal static ShopStores Over(IShopRunner runner) =>
        new(runner.Changes, runner.Observers, runner)
        {
            Products = new ProductStore(runner),
            Stock = new StockStore(runner),
            StockKeeping = new StockKeeping(runner),
            Carts = new CartStore(runner),
            Orders = new OrderStore(runner),
            Checkout = new CheckoutStore(runner),
            Outbox = new OutboxStore(runner),
            Webhooks = new WebhookStore(runner),
            Coupons = new CouponStore(runner),
        };

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
