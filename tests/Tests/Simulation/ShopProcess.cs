using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage;

namespace StreamCommerce.Tests.Simulation;

/// <summary>One run of the service, from its start to its crash.</summary>
internal sealed class ShopProcess
{
    // Its decisions depend on a request alone, never on counters, so that all seeds share it.
    private static readonly FraudScreen Screen = new(FraudPolicy.Of(new()
    {
        Version = "simulation",
        Currency = Wares.Euro,
        Thresholds = new(30, 60, 85),
        Lists = new() { Review = new() { Device = ["odd"] }, Block = new() { Device = ["bad"] } },
        Rules =
        [
            new()
            {
                Name = "much money", Reason = "HIGH_AMOUNT", Points = 30,
                When = [new() { Signal = "amount", AtLeast = 60 }],
            },
        ],
    }), new() { EntityLimit = 1_000 });

    private readonly Sweep _orders, _stock;
    private bool _isResumed;

    /// <param name="shop">Whose process.</param>
    /// <param name="life">How long it lasts.</param>
    /// <param name="number">Which of the shop's, from 0.</param>
    public ShopProcess(SimulatedShop shop, Life life, int number)
    {
        Life = life;
        Stores = shop.Durable.OpenFor(shop, life, number);
        var payments = new PaymentDesk(
            shop.Banks.Select(bank => new BankGateway(bank, shop, life)),
            SimulatedShop.PaymentOptions, life.Time);
        Saga = new(Stores.Checkout, Stores.Orders, payments, Screen, life.Time);
        Desk = new(
            new QuoteDesk(
                shop.Durable.Products, Stores.Carts, Stores.Coupons, () => Wares.Book, life.Time),
            Stores.Checkout, Saga, payments, Screen, StockRegion.Home, life.Time,
            _ => shop.Chance.Guid());
        var housekeeping = new Housekeeping(
            Stores.Stock, Stores.Checkout, Stores.Carts, life.Time);
        _orders = new(life, shop.NextOrderDue,
            async () => await Saga.RunDueAsync(life.Now, CancellationToken.None));
        _stock = new(life, shop.NextReservationDue,
            () => housekeeping.RunOnceAsync(CancellationToken.None));
    }

    public Life Life { get; }

    public ShopStores Stores { get; }

    public OrderSaga Saga { get; }

    public CheckoutDesk Desk { get; }

    public void Start()
    {
        _stock.Wake();
        Life.World.Begin(Life, ResumeAsync);
    }

    /// <summary>Something was written: something may be due.</summary>
    public void Wake()
    {
        if (_isResumed) _orders.Wake();
        _stock.Wake();
    }

    private async Task ResumeAsync()
    {
        try
        {
            await Saga.ResumeAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            await Life.PauseAsync(TimeSpan.FromSeconds(1));
            await ResumeAsync();
            return;
        }
        _isResumed = true;
        _orders.Wake();
    }
}

/// <summary>
/// Does each second what is due. Seconds at which nothing is due are left out: it would look and
/// do nothing.
/// </summary>
internal sealed class Sweep(Life life, Func<DateTimeOffset?> nextDue, Func<Task> work)
{
    private bool _isAtWork;
    private int _setting;
    private DateTimeOffset _wakesAt = DateTimeOffset.MaxValue;

    public void Wake() => WakeAt(life.Now);

    private void WakeAt(DateTimeOffset due)
    {
        if (_isAtWork) return;
        var second = TimeSpan.TicksPerSecond;
        var at = new DateTimeOffset(
            (Math.Max(due.UtcTicks, life.Now.UtcTicks) / second + 1) * second, TimeSpan.Zero);
        if (at >= _wakesAt) return;
        _wakesAt = at;
        var setting = ++_setting;
        life.World.After(at - life.Now, life, () =>
        {
            if (setting != _setting) return;
            _wakesAt = DateTimeOffset.MaxValue;
            if (nextDue() is not { } next) return;
            if (next > life.Now) WakeAt(next);
            else life.World.Begin(life, WorkAsync);
        });
    }

    private async Task WorkAsync()
    {
        _isAtWork = true;
        try
        {
            await work();
        }
        catch (StoreUnavailableException)
        {
            // The next round tries again.
        }
        _isAtWork = false;
        Wake();
    }
}
