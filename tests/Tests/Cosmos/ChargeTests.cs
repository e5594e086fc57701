using System.Globalization;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

/// <summary>
/// What each operation costs: its requests and their units, exactly, so that one more is seen.
/// ARCHITECTURE.md has these tables.
/// </summary>
public sealed class ChargeTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos();
    private readonly List<string> _bill = [];

    public async ValueTask InitializeAsync()
    {
        await _shop.PrepareAsync();
        await _shop.StockAsync("tea", 100);
        await _shop.StockAsync("cup", 100);
        // What is kept for some seconds is kept in a shop that has been used.
        await _shop.BuyAsync(ShopFixture.Request("k0", ("tea", 1), ("cup", 1)));
        _shop.Gate!.Requests.Clear();
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task Each_step_of_an_order_of_two_lines_costs_what_is_told()
    {
        await AddToCartAsync("add");
        _shop.Gate!.Requests.Clear();
        var metered = new MeteredCheckout(_shop.Stores.Checkout, Bill);
        var saga = new OrderSaga(
            metered, _shop.Stores.Orders, _shop.Payments, _shop.Screen, _shop.Time);
        var desk = new CheckoutDesk(
            new QuoteDesk(_shop.Stores.Products, _shop.Stores.Carts, _shop.Stores.Coupons,
                () => PriceBook.Empty, _shop.Time),
            metered, saga, _shop.Payments, _shop.Screen, StockRegion.Home, _shop.Time);

        var answer = await desk.PlaceAsync(
            ShopFixture.Request("k1", ("tea", 2), ("cup", 1)), _shop.Ct);
        Bill("answer");

        Assert.Null(answer.Refusal);
        Check(
            "quote | 2 | 2 | products read 2",
            "begin | 7 | 72.5 | checkoutKeys create 1, checkoutKeys patch 1, orders create 1, " +
                "reservations create 1, reservations replace 1, stock batch 2",
            "save Placed, stock Commit | 7 | 74.4 | orders batch 1, orders read 1, " +
                "reservations read 1, reservations replace 2, stock batch 2",
            "save Confirmed, stock None | 2 | 12.9 | orders batch 1, orders read 1");
    }

    [Fact]
    public async Task A_change_of_a_cart_costs_what_is_told()
    {
        await AddToCartAsync("first");
        Bill("first line");
        await AddToCartAsync("second");
        Bill("next line");
        await AddToCartAsync("second");
        Bill("the same again");

        Check(
            "first line | 2 | 17.5 | carts batch 1, carts read 1",
            "next line | 2 | 23 | carts batch 1, carts read 1",
            "the same again | 3 | 3 | carts batch 1, carts read 2");
    }

    [Fact]
    public async Task A_read_costs_what_is_told()
    {
        await _shop.Stores.Products.GetAsync(new("tea"), _shop.Ct);
        Bill("product");
        await _shop.Stores.Stock.GetLevelsAsync([new("tea")], StockRegion.Home, _shop.Ct);
        Bill("stock");
        await _shop.Stores.Carts.GetAsync(new("c1"), _shop.Ct);
        Bill("cart that is not there");
        await _shop.Stores.Stock.GetReservationAsync(new("r1"), _shop.Ct);
        Bill("reservation that is not there");

        Check(
            "product | 1 | 1 | products read 1",
            "stock | 1 | 1 | stock read 1",
            "cart that is not there | 1 | 1 | carts read 1",
            "reservation that is not there | 1 | 1 | reservations read 1");
    }

    [Fact]
    public async Task Each_step_of_a_reservation_of_two_lines_costs_what_is_told()
    {
        await _shop.ReserveAsync("r1", ("tea", 2), ("cup", 1));
        Bill("reserve");
        await _shop.ReserveAsync("r1", ("tea", 2), ("cup", 1));
        Bill("reserve again");
        await _shop.Stores.Stock.CommitAsync(new("r1"), _shop.Ct);
        Bill("commit");
        await _shop.AdjustAsync("tea", 1, "a1");
        Bill("adjust");

        Check(
            "reserve | 4 | 49.5 | reservations create 1, reservations replace 1, stock batch 2",
            "reserve again | 2 | 2 | reservations create 1, reservations read 1",
            "commit | 5 | 56 | reservations read 1, reservations replace 2, stock batch 2",
            "adjust | 7 | 37 | operations create 1, operations read 1, operations replace 1, " +
                "stock batch 1, stock read 3");
    }

    [Fact]
    public async Task An_order_of_a_product_in_sixteen_buckets_costs_what_one_in_one_bucket_costs()
    {
        await _shop.StockAsync("hot", 160);
        await SpreadAsync("hot", 16);
        _shop.Gate!.Requests.Clear();

        for (var i = 0; i < 20; i++)
        {
            await _shop.BuyAsync(ShopFixture.Request($"t{i}", ("tea", 1)));
            Bill("order");
            await _shop.BuyAsync(ShopFixture.Request($"h{i}", ("hot", 1)));
            Bill("order");
        }

        Assert.Single(_bill.Distinct());
        var shares = await _shop.Stores.Stock.ListAsync(new("hot"), StockRegion.Home, _shop.Ct);
        Assert.True(shares.Count(share => share.Available < 10) > 8);
    }

    [Fact]
    public async Task All_buckets_are_read_where_the_one_to_try_has_been_emptied_elsewhere()
    {
        await _shop.StockAsync("hot", 4);
        await SpreadAsync("hot", 4);
        await using (var other = _shop.OpenAnother())
        {
            await other.Stock.ReserveAsync(
                new(new("all"), [new(new("hot"), 3)], StockRegion.Home), _shop.Ct);
        }
        _shop.Gate!.Requests.Clear();

        var answers = new List<Answer<Reservation>>();
        for (var i = 0; i < 4; i++) answers.Add(await _shop.ReserveAsync($"r{i}", ("hot", 1)));

        Assert.Single(answers, answer => answer.Refusal is null);
        await _shop.CheckLedgerAsync();
    }

    private async Task SpreadAsync(string sku, int count) => Assert.Null(
        (await _shop.Stores.StockKeeping.SpreadAsync(
            new(new("spread"), new(sku), StockRegion.Home, count), _shop.Ct)).Refusal);

    private async Task AddToCartAsync(string operation)
    {
        var answer = await _shop.Stores.Carts.ChangeAsync(
            new AddToCart(new("tea"), 1, new(10m, ShopFixture.Euro))
            {
                Operation = new(operation),
                Cart = new("c1"),
                Visitor = new("ann"),
            }, _shop.Ct);
        Assert.Null(answer.Refusal);
    }

    // All of it is shown where it differs, to be judged and put into ARCHITECTURE.md.
    private void Check(params string[] expected) =>
        Assert.True(expected.SequenceEqual(_bill), string.Join('\n', _bill));

    /// <summary>Adds what was asked since the last time, in the columns of ARCHITECTURE.md.
    /// </summary>
    private void Bill(string step)
    {
        var asked = _shop.Gate!.Requests.OfItems;
        if (asked.Count == 0) return;
        var kinds = asked
            .GroupBy(one => (one.Request.Container, Name: NameOf(one.Request)))
            .OrderBy(same => same.Key.Container, StringComparer.Ordinal)
            .ThenBy(same => same.Key.Name, StringComparer.Ordinal)
            .Select(same => $"{same.Key.Container} {same.Key.Name} {same.Count()}");
        _bill.Add(string.Create(CultureInfo.InvariantCulture,
            $"{step} | {asked.Count} | {asked.Sum(one => one.Charge):0.#} | ")
            + string.Join(", ", kinds));
        _shop.Gate.Requests.Clear();
    }

    private static string NameOf(GatewayRequest request) => request.Kind switch
    {
        RequestKind.CreateItem => "create",
        RequestKind.ReadItem => "read",
        RequestKind.ReplaceItem => "replace",
        RequestKind.PatchItem => "patch",
        RequestKind.DeleteItem => "delete",
        RequestKind.Batch => "batch",
        var other => other.ToString(),
    };

    /// <summary>Has a bill made out for each step of a checkout.</summary>
    private sealed class MeteredCheckout(ICheckoutStore store, Action<string> bill) : ICheckoutStore
    {
        public async ValueTask<Answer<BegunCheckout>> BeginAsync(
            BeginCheckout command, CancellationToken ct)
        {
            bill("quote");
            var answer = await store.BeginAsync(command, ct);
            bill("begin");
            return answer;
        }

        public async ValueTask<Answer<Order>> SaveAsync(OrderChange change, CancellationToken ct)
        {
            bill("read");
            var answer = await store.SaveAsync(change, ct);
            bill($"save {change.Order.State}, stock {change.Stock}");
            return answer;
        }

        public ValueTask<IReadOnlyList<Order>> ListDueAsync(
            DateTimeOffset now, int limit, CancellationToken ct) =>
            store.ListDueAsync(now, limit, ct);

        public ValueTask<int> ForgetKeysAsync(
            DateTimeOffset before, int limit, CancellationToken ct) =>
            store.ForgetKeysAsync(before, limit, ct);
    }
}
