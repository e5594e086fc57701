using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Simulation;

public sealed class ShopperRunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_checkout_buys_exactly_what_the_shopper_put_into_the_cart(int seed)
    {
        var carts = new Dictionary<VisitorId, Dictionary<Sku, int>>();
        var checkouts = 0;

        foreach (var action in Shop.Actions(Shop.Seeded(seed), 100_000))
        {
            switch (action)
            {
                case ShopperAction.AddToCart add:
                    var cart = CartOf(add.Shopper);
                    cart[add.Line.Sku] = cart.GetValueOrDefault(add.Line.Sku) + add.Line.Quantity;
                    break;
                case ShopperAction.RemoveFromCart remove:
                    Assert.True(CartOf(remove.Shopper).Remove(remove.Line.Sku, out var units));
                    Assert.Equal(units, remove.Line.Quantity);
                    break;
                case ShopperAction.Checkout checkout:
                    Assert.Equal(
                        CartOf(checkout.Shopper).OrderBy(pair => pair.Key.Value),
                        checkout.Lines
                            .Select(line => KeyValuePair.Create(line.Sku, line.Quantity))
                            .OrderBy(pair => pair.Key.Value));
                    CartOf(checkout.Shopper).Clear();
                    checkouts++;
                    break;
                default:
                    break;
            }
        }

        Assert.True(checkouts > 500);

        Dictionary<Sku, int> CartOf(ShopperIdentity shopper)
        {
            if (!carts.TryGetValue(shopper.Visitor, out var cart))
                carts[shopper.Visitor] = cart = [];
            return cart;
        }
    }

    [Fact]
    public void A_driver_gets_the_same_actions_however_often_it_asks()
    {
        const int Count = 20_000;
        var run = Shop.Seeded(1).Start();
        var clock = new SimulatorOptions().Start;
        var asked = new List<ShopperAction>();

        while (asked.Count < Count)
        {
            clock += TimeSpan.FromSeconds(7.3);
            while (run.TryNext(clock, out var action))
            {
                Assert.True(action.At <= clock);
                asked.Add(action);
            }
        }

        Assert.Equal(
            Shop.Actions(Shop.Seeded(1), Count).Select(Told), asked.Take(Count).Select(Told));
    }

    [Fact]
    public void Nothing_is_due_before_the_start()
    {
        var start = new SimulatorOptions().Start;

        Assert.False(Shop.Seeded(1).Start().TryNext(start.AddHours(-1), out _));
    }

    [Fact]
    public void Commands_and_events_tell_the_same_story()
    {
        var events = Shop.Seeded(1).Events(20_000).CountBy(e => e.Name).ToDictionary();
        var actions = Shop.Actions(Shop.Seeded(1), 20_100)
            .Where(action => action is not
                (ShopperAction.StartFlashSale or ShopperAction.EndFlashSale))
            .Take(20_000)
            .CountBy(action => action.GetType())
            .ToDictionary();

        Assert.Equal(events[EventName.AddToCart], actions[typeof(ShopperAction.AddToCart)]);
        Assert.Equal(
            events[EventName.RemoveFromCart], actions[typeof(ShopperAction.RemoveFromCart)]);
        Assert.Equal(events[EventName.Purchase], actions[typeof(ShopperAction.Checkout)]);
    }

    [Fact]
    public void A_flash_sale_lowers_the_price_and_draws_the_shoppers_to_one_product()
    {
        var simulator = Shop.With(new() { FlashSalesPerDay = 12 });
        var basePrices = Shop.Catalogue.Products.ToDictionary(p => p.Sku, p => p.BasePrice);
        ShopperAction.StartFlashSale? sale = null;
        var (sales, views, onOffer) = (0, 0, 0);

        foreach (var action in Shop.Actions(simulator, 200_000))
        {
            if (action is ShopperAction.StartFlashSale start)
            {
                Assert.Null(sale);
                Assert.InRange(start.Price.Amount / basePrices[start.Sku].Amount, 0.49m, 0.81m);
                (sale, sales) = (start, sales + 1);
            }
            else if (action is ShopperAction.EndFlashSale end)
            {
                Assert.Equal((sale!.Sku, sale.EndsAt), (end.Sku, end.At));
                Assert.Equal(basePrices[end.Sku], end.Price);
                sale = null;
            }
            else if (action is ShopperAction.SendEvent { Event.Name: EventName.ViewItem } view)
            {
                var line = view.Event.Lines[0];
                var offered = sale is not null && line.Sku == sale.Sku;
                Assert.Equal(offered ? sale!.Price : basePrices[line.Sku], line.UnitPrice);
                if (sale is not null) views++;
                if (offered) onOffer++;
            }
        }

        Assert.True(sales > 3);
        Assert.True(onOffer > views * 0.15, $"{onOffer} of {views} views in {sales} sales.");
    }

    [Fact]
    public void No_shopper_is_in_the_shop_twice_at_a_time()
    {
        var simulator = Shop.With(new() { NoSessionIdShare = 0 });
        var over = new HashSet<SessionId>();
        var present = new Dictionary<VisitorId, SessionId>();

        foreach (var e in simulator.Events(100_000).Where(e => e.Session is not null))
        {
            var session = e.Session!.Value;
            Assert.DoesNotContain(session, over);
            if (present.TryGetValue(e.Visitor, out var before) && before != session)
                over.Add(before);
            present[e.Visitor] = session;
        }
    }

    [Fact]
    public void What_a_run_remembers_stays_within_its_limits()
    {
        var options = new SimulatorOptions
        {
            SessionsPerHour = 20_000,
            ReturnShare = 1,
            ActiveSessionLimit = 50,
            PendingReturnLimit = 20,
            AbandonedCartLimit = 30,
        };
        var run = Shop.With(options).Start();

        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(run.TryNext(DateTimeOffset.MaxValue, out _));
            Assert.True(run.ActiveSessionCount <= options.ActiveSessionLimit);
            Assert.True(run.PendingReturnCount <= options.PendingReturnLimit);
            Assert.True(run.AbandonedCartCount <= options.AbandonedCartLimit);
        }

        Assert.True(run.TurnedAwayCount > 0);
        Assert.True(run.PendingReturnCount > 10 && run.AbandonedCartCount > 10);
    }

    [Fact]
    public void Without_flash_sales_and_returns_there_are_none()
    {
        var simulator = Shop.With(new() { FlashSalesPerDay = 0, ReturnShare = 0 });

        Assert.DoesNotContain(Shop.Actions(simulator, 100_000), action => action is
            ShopperAction.StartFlashSale or ShopperAction.ReturnOrder);
    }

    private static string Told(ShopperAction action) =>
        $"{action.Number} {action.At:O} {action.GetType().Name}";
}
