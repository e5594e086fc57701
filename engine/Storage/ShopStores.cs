using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pricing;

namespace StreamCommerce.Engine.Storage;

/// <summary>
/// The stores of one shop that has one writer. <see cref="Sqlite.SqliteShop"/> and
/// <see cref="Memory.MemoryShop"/> open it. Disposing completes what was accepted, then closes.
/// </summary>
public sealed class ShopStores : IAsyncDisposable
{
    private readonly IShopRunner _runner;

    internal ShopStores(IShopRunner runner)
    {
        _runner = runner;
        Products = new ProductStore(runner);
        Stock = new StockStore(runner);
        StockKeeping = new StockKeeping(runner);
        Carts = new CartStore(runner);
        Orders = new OrderStore(runner);
        Checkout = new CheckoutStore(runner);
        Outbox = new OutboxStore(runner);
        Webhooks = new WebhookStore(runner);
        Coupons = new CouponStore(runner);
    }

    public IProductStore Products { get; }

    public IStockStore Stock { get; }

    public IStockKeeping StockKeeping { get; }

    public ICartStore Carts { get; }

    public IOrderStore Orders { get; }

    public ICheckoutStore Checkout { get; }

    public IOutbox Outbox { get; }

    public IWebhookStore Webhooks { get; }

    public ICouponStore Coupons { get; }

    /// <summary>What was durably changed, after each commit.</summary>
    public IObservable<StoreChange> Changes => _runner.Changes;

    /// <summary>
    /// From here on the observer sees every commit before its answer; disposing ends that.
    /// </summary>
    public IDisposable Attach(ICommitObserver observer) => _runner.Observers.Attach(observer);

    /// <summary>For tests that look behind the ports.</summary>
    internal IShopRunner Runner => _runner;

    public ValueTask DisposeAsync() => _runner.DisposeAsync();
}
