using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

public abstract class CheckoutStoreContract(Func<ShopFixture> open) : ShopContract(open)
{
    [Fact]
    public async Task An_order_keeps_the_prices_of_its_moment_and_takes_the_stock()
    {
        await Shop.StockAsync("tea", 5, 2.505m);
        await Shop.StockAsync("cup", 5, 7m);
        var placed = await Shop.BuyAsync(
            ShopFixture.Request("k1", ("tea", 3), ("cup", 1)) with { Region = "DE" });
        await Shop.Stores.Products.PutAsync(ShopFixture.Product("tea", 99m), null, Ct);

        var order = (await Shop.Stores.Orders.GetAsync(placed.Value!.Order.Id, Ct))!;
        Assert.Equal("14.52 EUR", order.Total.ToString());
        Assert.Equal([7.52m, 7m], order.Lines.Select(l => l.Total.Amount));
        Assert.Equal([2.505m, 7m], order.Lines.Select(l => l.UnitPrice.Amount));
        Assert.Equal(("The tea", "DE"), (order.Lines[0].Title, order.Terms.Region));
        Assert.Equal((2, 0), await Shop.LevelAsync("tea"));
        var reservation = await Shop.Stores.Stock.GetReservationAsync(order.Terms.Reservation, Ct);
        Assert.Equal(ReservationState.Committed, reservation!.State);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_purchase_is_told_once_with_the_orders_id()
    {
        await Shop.StockAsync("tea", 5);
        var placed = await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));

        var told = Assert.Single(await Shop.Stores.Outbox.ReadAsync(10, Ct)).Event;
        Assert.Equal(EventName.Purchase, told.Name);
        Assert.Equal(placed.Value!.Order.Id, told.Order);
        Assert.Equal(placed.Value.Order.Id.Value, told.Id.Value);
        Assert.Equal([new EventLine(new("tea"), 2, new(10m, ShopFixture.Euro))], told.Lines);
        Assert.Null(EventRules.Check(told, Shop.Time.GetUtcNow(), null));
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_order()
    {
        await Shop.StockAsync("tea", 5);
        var first = await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));
        var again = await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));

        Assert.False(first.Value!.Replayed);
        Assert.True(again.Value!.Replayed);
        Assert.Equal(first.Value.Order.Id, again.Value.Order.Id);
        Assert.Equal((3, 0), await Shop.LevelAsync("tea"));
        Assert.Single(await Shop.Stores.Orders.ListNewestAsync(new(10), Ct));
    }

    [Fact]
    public async Task A_key_that_comes_with_another_request_is_refused()
    {
        await Shop.StockAsync("tea", 5);
        await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));
        var other = await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 3)));

        Assert.Equal(RefusalCode.IdReused, other.Refusal!.Code);
    }

    [Fact]
    public async Task Two_callers_may_use_the_same_key()
    {
        await Shop.StockAsync("tea", 5);
        await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));
        var other = await Shop.BuyAsync(
            ShopFixture.Request("k1", ("tea", 3)) with { Key = new("app", "k1") });

        Assert.False(other.Value!.Replayed);
    }

    [Fact]
    public async Task A_refusal_is_replayed_too()
    {
        await Shop.StockAsync("tea", 1);
        var first = await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));
        await Shop.AdjustAsync("tea", 5);
        var again = await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));

        Assert.Equal([new RefusedLine(new("tea"), 2, 1)], first.Refusal!.Lines);
        Assert.Equal(first.Refusal.Detail, again.Refusal!.Detail);
        Assert.Equal(first.Refusal.Lines, again.Refusal.Lines);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_whose_first_is_still_worked_on_is_told_to_ask_again()
    {
        await Shop.StockAsync("tea", 5);
        var request = ShopFixture.Request("k1", ("tea", 2)) with { Payment = new("tok_slow") };
        var first = Shop.BuyAsync(request).AsTask();
        while (await Shop.LevelAsync("tea") != (3, 2)) await Task.Yield();

        Assert.Equal(RefusalCode.InProgress, (await Shop.BuyAsync(request)).Refusal!.Code);
        while ((await Shop.Gateway.ListAsync(
            ShopFixture.Start, ShopFixture.Start.AddDays(1), null, Ct)).Records.Count == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        // Less in all than the desk waits for a gateway.
        for (var i = 0; i < 15 && !first.IsCompleted; i++)
        {
            Shop.Time.Advance(TimeSpan.FromSeconds(1));
            // The gateway notes the payment before it begins to wait, on a thread of its own.
            for (var j = 0; j < 5_000 && !first.IsCompleted; j++) await Task.Yield();
        }
        Assert.Equal(OrderState.Confirmed, (await first).Value!.State);
        Assert.True((await Shop.BuyAsync(request)).Value!.Replayed);
    }

    [Fact]
    public async Task A_forgotten_key_buys_again()
    {
        await Shop.StockAsync("tea", 5);
        await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)));
        Shop.Time.Advance(TimeSpan.FromDays(8));

        Assert.Equal(1, await Shop.Stores.Checkout.ForgetKeysAsync(
            Shop.Time.GetUtcNow() - CheckoutLedger.Retention, 10, Ct));
        Assert.False((await Shop.BuyAsync(ShopFixture.Request("k1", ("tea", 2)))).Value!.Replayed);
    }

    [Fact]
    public async Task Every_unknown_product_is_named()
    {
        await Shop.StockAsync("tea", 5);
        var answer = await Shop.BuyAsync(ShopFixture.Request("k", ("x", 1), ("tea", 1), ("y", 2)));

        Assert.Equal(RefusalCode.UnknownProduct, answer.Refusal!.Code);
        Assert.Equal(["x", "y"], answer.Refusal.Lines.Select(l => l.Sku.Value));
    }

    [Fact]
    public async Task Another_currency_than_the_catalogues_is_refused()
    {
        await Shop.StockAsync("tea", 5);
        var answer = await Shop.BuyAsync(
            ShopFixture.Request("k", ("tea", 1)) with { Currency = Currency.Of("GBP") });

        Assert.Equal(RefusalCode.CurrencyMismatch, answer.Refusal!.Code);
        Assert.Equal("tea", Assert.Single(answer.Refusal.Lines).Sku.Value);
    }

    [Fact]
    public async Task A_total_that_the_buyer_has_not_seen_is_refused()
    {
        await Shop.StockAsync("tea", 5, 3m);
        var request = ShopFixture.Request("k", ("tea", 2));

        var changed = await Shop.BuyAsync(request with { ExpectedTotal = 5.99m });
        var right = await Shop.BuyAsync(
            request with { Key = new("shop", "k2"), ExpectedTotal = 6.00m });

        Assert.Equal(RefusalCode.PriceChanged, changed.Refusal!.Code);
        Assert.NotNull(right.Value);
    }

    [Fact]
    public async Task The_same_product_on_two_lines_is_added_up()
    {
        await Shop.StockAsync("tea", 3);
        var answer = await Shop.BuyAsync(ShopFixture.Request("k", ("tea", 2), ("tea", 2)));

        Assert.Equal([new RefusedLine(new("tea"), 4, 3)], answer.Refusal!.Lines);
    }

    [Theory]
    [InlineData(0, RefusalCode.InvalidQuantity)]
    [InlineData(-5, RefusalCode.InvalidQuantity)]
    [InlineData(10_001, RefusalCode.QuantityLimit)]
    public async Task Impossible_quantities_are_refused(int quantity, RefusalCode code) =>
        Assert.Equal(
            code, (await Shop.BuyAsync(ShopFixture.Request("k", ("tea", quantity)))).Refusal!.Code);

    [Fact]
    public async Task A_bought_cart_is_empty()
    {
        await Shop.StockAsync("tea", 5);
        var desk = new CartDesk(Shop.Stores.Carts, Shop.Stores.Products);
        await desk.AddAsync(new AddToCart(new("tea"), 2)
        { Cart = new("c1"), Visitor = new("v1"), Operation = new("a") }, Ct);
        var request = ShopFixture.Request("k") with { Cart = new("c1") };

        var placed = await Shop.BuyAsync(request);
        var again = await Shop.BuyAsync(request);
        var empty = await Shop.BuyAsync(request with { Key = new("shop", "k2") });

        Assert.Equal(20m, placed.Value!.Order.Total.Amount);
        Assert.True(again.Value!.Replayed);
        Assert.Equal(RefusalCode.EmptyCart, empty.Refusal!.Code);
        Assert.Empty((await desk.GetAsync(new("c1"), new("v1"), Ct)).Value!.Lines);
    }

    [Fact]
    public async Task Nobody_buys_the_cart_of_another()
    {
        await Shop.StockAsync("tea", 5);
        await Shop.Stores.Carts.ChangeAsync(new AddToCart(new("tea"), 2)
        { Cart = new("c1"), Visitor = new("ann"), Operation = new("a") }, Ct);

        var answer = await Shop.BuyAsync(ShopFixture.Request("k") with { Cart = new("c1") });

        Assert.Equal(RefusalCode.CartOfAnother, answer.Refusal!.Code);
    }

    [Fact]
    public async Task The_newest_orders_come_first()
    {
        await Shop.StockAsync("tea", 5);
        var ids = new List<OrderId>();
        for (var i = 0; i < 3; i++)
        {
            var placed = await Shop.BuyAsync(ShopFixture.Request($"k{i}", ("tea", 1)));
            ids.Add(placed.Value!.Order.Id);
        }

        var newest = await Shop.Stores.Orders.ListNewestAsync(new(2), Ct);

        Assert.Equal([ids[2], ids[1]], newest.Select(o => o.Id));
    }

    [Fact]
    public async Task Removed_entries_of_the_outbox_are_gone_and_the_later_ones_stay()
    {
        await Shop.StockAsync("tea", 5);
        for (var i = 0; i < 3; i++) await Shop.BuyAsync(ShopFixture.Request($"k{i}", ("tea", 1)));
        var all = await Shop.Stores.Outbox.ReadAsync(10, Ct);
        await Shop.Stores.Outbox.RemoveThroughAsync(all[1].Id, Ct);
        await Shop.Stores.Outbox.RemoveThroughAsync(all[1].Id, Ct);
        await Shop.BuyAsync(ShopFixture.Request("k3", ("tea", 1)));

        var rest = await Shop.Stores.Outbox.ReadAsync(10, Ct);
        Assert.Equal(2, rest.Count);
        Assert.Equal(all[2].Id, rest[0].Id);
        Assert.True(rest[1].Id > rest[0].Id);
    }

    [Fact(Timeout = 30_000)]
    public async Task However_many_buyers_race_no_unit_is_sold_twice()
    {
        await Shop.StockAsync("tea", 40);
        await Shop.StockAsync("cup", 25);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            () => Shop.BuyAsync(i % 2 == 0
                ? ShopFixture.Request($"k{i}", ("tea", 1), ("cup", 1))
                : ShopFixture.Request($"k{i}", ("cup", 1), ("tea", 2))).AsTask(),
            TestContext.Current.CancellationToken)));

        var orders = answers.Where(a => a.Refusal is null).Select(a => a.Value!.Order).ToList();
        Assert.All(orders, order => Assert.Equal(OrderState.Confirmed, order.State));
        var sold = orders.SelectMany(o => o.Lines)
            .GroupBy(l => l.Sku.Value).ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity));
        Assert.Equal((40 - sold["tea"], 0), await Shop.LevelAsync("tea"));
        Assert.Equal((25 - sold["cup"], 0), await Shop.LevelAsync("cup"));
        Assert.True(sold["tea"] == 40 || sold["cup"] == 25 || sold["tea"] == 39);
        Assert.All(answers.Where(a => a.Refusal is not null),
            a => Assert.Equal(RefusalCode.OutOfStock, a.Refusal!.Code));
        Assert.Equal(orders.Count, (await Shop.Stores.Orders.ListNewestAsync(
            new(500) { Attempts = true }, Ct)).Count);
        await Shop.CheckLedgerAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task However_often_a_request_is_sent_at_once_it_has_one_effect()
    {
        await Shop.StockAsync("tea", 40);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            () => Shop.BuyAsync(ShopFixture.Request("k", ("tea", 2))).AsTask(),
            TestContext.Current.CancellationToken)));

        Assert.Single(answers, a => a.Value is { Replayed: false });
        Assert.All(answers, a => Assert.True(
            a.Value is not null || a.Refusal!.Code == RefusalCode.InProgress));
        Assert.Equal((38, 0), await Shop.LevelAsync("tea"));
    }
}

public sealed class MemoryCheckoutStoreTests() : CheckoutStoreContract(ShopFixture.Memory);

public sealed class SqliteCheckoutStoreTests() : CheckoutStoreContract(ShopFixture.Sqlite);

public sealed class CosmosCheckoutStoreTests() : CheckoutStoreContract(ShopFixture.Cosmos);
