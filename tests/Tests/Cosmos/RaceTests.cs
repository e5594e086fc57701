using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

/// <summary>Two instances of a shop on one account, at the same moment.</summary>
public sealed class RaceTests : IAsyncLifetime
{
    private ShopFixture _shop = null!;
    private ShopStores _other = null!;

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        _shop = await Trial.OpenAsync();
        _other = _shop.OpenAnother();
        await _shop.StockAsync("tea", 10);
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task Of_fifty_buyers_of_the_last_ten_units_ten_get_one()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
            Of(i).Stock.ReserveAsync(
                new(new($"r{i}"), [new(new("tea"), 1)], StockRegion.Home), Ct).AsTask())));

        Assert.Equal(10, answers.Count(answer => answer.Refusal is null));
        Assert.All(answers, answer => Assert.True(
            answer.Refusal is null or { Code: RefusalCode.OutOfStock }));
        Assert.Equal((0, 10), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Of_buyers_who_know_buckets_as_they_were_ten_get_one_of_ten_units()
    {
        await _shop.Stores.StockKeeping.SpreadAsync(
            new(new("spread"), new("tea"), StockRegion.Home, 4), Ct);
        // Nobody tells one instance what the other does.
        for (var i = 0; i < 2; i++)
            await Of(i).Stock.GetLevelsAsync([new("tea")], StockRegion.Home, Ct);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() =>
            Of(i).Stock.ReserveAsync(
                new(new($"r{i}"), [new(new("tea"), 1)], StockRegion.Home), Ct).AsTask())));

        Assert.Equal(10, answers.Count(answer => answer.Refusal is null));
        Assert.Equal((0, 10), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Of_a_sale_and_an_expiry_of_the_same_reservation_one_comes_to_be()
    {
        for (var i = 0; i < 10; i++)
        {
            var id = new ReservationId($"r{i}");
            await _shop.ReserveAsync(id.Value, ("tea", 1));
            var before = await _shop.LevelAsync("tea");
            var ends = (await _shop.Stores.Stock.GetReservationAsync(id, Ct))!.ExpiresAt;
            _shop.Time.Advance(ends - _shop.Time.GetUtcNow());

            var expiry = Task.Run(() => _other.Stock.ExpireDueAsync(10, Ct).AsTask());
            var sale = await Task.Run(() => _shop.Stores.Stock.CommitAsync(id, Ct).AsTask());
            await expiry;

            var state = (await _shop.Stores.Stock.GetReservationAsync(id, Ct))!.State;
            Assert.Equal(sale.Refusal is null
                ? ReservationState.Committed : ReservationState.Expired, state);
            Assert.Equal(
                (before.Available + (sale.Refusal is null ? 0 : 1), 0),
                await _shop.LevelAsync("tea"));
        }
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Of_two_steps_over_the_same_version_of_an_order_one_is_stored()
    {
        var order = (await _shop.BuyAsync(ShopFixture.Request("k", ("tea", 1)))).Value!.Order;
        var next = new OrderChange(order with { Version = order.Version + 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(() => Of(i).Checkout.SaveAsync(next, Ct).AsTask())));

        Assert.Single(answers, answer => answer.Refusal is null);
        Assert.All(answers, answer => Assert.True(
            answer.Refusal is null or { Code: RefusalCode.VersionMismatch }));
        Assert.Equal(next.Order.Version,
            (await _shop.Stores.Orders.GetAsync(order.Id, Ct))!.Version);
    }

    [Fact]
    public async Task A_cart_that_two_instances_change_loses_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(async () =>
        {
            for (var j = 0; j < 10; j++)
            {
                var answer = await Of(i).Carts.ChangeAsync(new AddToCart(new("tea"), 1)
                {
                    Operation = new($"add-{i}-{j}"),
                    Cart = new("c1"),
                    Visitor = new("ann"),
                }, Ct);
                Assert.Null(answer.Refusal);
            }
        })));

        var cart = (await _other.Carts.GetAsync(new("c1"), Ct))!;
        Assert.Equal([new CartLine(new("tea"), 20)], cart.Lines);
        Assert.Equal(20, cart.Version);
        Assert.Equal(20, (await _shop.Stores.Outbox.ReadAsync(100, Ct)).Count);
    }

    private ShopStores Of(int number) => number % 2 == 0 ? _shop.Stores : _other;
}
