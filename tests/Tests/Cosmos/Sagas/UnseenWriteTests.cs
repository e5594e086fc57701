using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Pricing;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Tests.Engine.Pricing;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Sagas;

/// <summary>
/// Another instance, whose reads come from a replica that does not see yet what this one writes.
/// </summary>
public sealed class UnseenWriteTests : IAsyncLifetime
{
    private const string Near = "North Europe";

    private static readonly ReservationId Held = new("r1");

    private readonly ShopFixture _shop = ShopFixture.Cosmos();
    private CosmosClient _client = null!;
    private ShopStores _behind = null!;

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        await _shop.PrepareAsync();
        await _shop.StockAsync("tea", 5);
        var options = new CosmosOptions
        {
            Endpoint = _shop.CosmosOptions.Endpoint,
            Key = _shop.CosmosOptions.Key,
            PreferredRegions = [Near, "West Europe"],
            Node = 1,
        };
        _client = CosmosAccount.Open(options, settings => settings.HttpClientFactory =
            () => new(_shop.Gate!.Handler, disposeHandler: false));
        _behind = CosmosShop.Open(_client, options, _shop.Time);
    }

    public async ValueTask DisposeAsync()
    {
        await _behind.DisposeAsync();
        _client.Dispose();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task Its_release_gives_back_what_it_did_not_see_reserved()
    {
        FallBehind();
        await _shop.ReserveAsync(Held.Value, ("tea", 2));
        Assert.Null(await _behind.Stock.GetReservationAsync(Held, Ct));

        var released = await _behind.Stock.ReleaseAsync(Held, Ct);

        Assert.Equal(ReservationState.Released, released.Value!.State);
        Assert.Equal((5, 0), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_reservation_that_it_gives_up_unseen_is_closed()
    {
        FallBehind();
        await _shop.ReserveAsync(Held.Value, ("tea", 2));

        var given = await ((CosmosStock)_behind.Stock).GiveUpAsync(Held, Ct);

        Assert.Equal(ReservationState.Released, given.State);
        Assert.Equal((5, 0), await _shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task A_reservation_that_is_given_up_before_it_is_made_is_never_made()
    {
        FallBehind();
        await ((CosmosStock)_behind.Stock).GiveUpAsync(Held, Ct);

        var late = await _shop.ReserveAsync(Held.Value, ("tea", 2));

        Assert.Equal(RefusalCode.IdReused, late.Refusal!.Code);
        Assert.Equal((5, 0), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task What_was_sold_unseen_is_told_as_sold_when_it_is_given_up()
    {
        await _shop.ReserveAsync(Held.Value, ("tea", 2));
        FallBehind();
        await _shop.Stores.Stock.CommitAsync(Held, Ct);

        var given = await ((CosmosStock)_behind.Stock).GiveUpAsync(Held, Ct);

        Assert.Equal(ReservationState.Committed, given.State);
        Assert.Equal((3, 0), await _shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task It_gives_up_what_is_owed_of_a_sale_that_it_did_not_see()
    {
        await AllowBackordersAsync();
        await _shop.ReserveAsync(Held.Value, ("tea", 7));
        FallBehind();
        await _shop.Stores.Stock.CommitAsync(Held, Ct);
        Assert.Equal(ReservationState.Held,
            (await _behind.Stock.GetReservationAsync(Held, Ct))!.State);

        var answer = await _behind.Stock.CancelBackordersAsync(Held, Ct);

        Assert.Equal(2, Assert.Single(answer.Value!.Lines).Released);
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task It_gives_back_a_coupon_that_it_did_not_see_used()
    {
        var quote = PriceBook.Empty.Quote(Priced.Basket(Priced.Line("tea", 1, 1m))) with
        {
            Promotions = [new("p", "C", new(1m, ShopFixture.Euro), 1)],
        };
        FallBehind();
        Assert.Null(await _shop.RedeemAsync(quote, null, new("o1")));

        await ((CosmosCoupons)_behind.Coupons).GiveBackAsync(quote, new("o1"), Ct);

        Assert.Equal(0, (await _shop.Stores.Coupons.CountAsync(["p"], null, Ct))[0].Uses);
        Assert.Null(await _shop.RedeemAsync(quote, null, new("o2")));
    }

    [Fact]
    public async Task It_tells_a_buyer_who_has_an_order_of_no_gateway_that_is_down()
    {
        var key = new CheckoutKey("shop", "k");
        FallBehind();
        await _shop.BuyAsync(ShopFixture.Request(key.Key, ("tea", 1)));

        var answer = await _behind.Checkout.BeginAsync(new(
            key, ShopFixture.Request(key.Key, ("tea", 1)).Hash(), null,
            new(RefusalCode.PaymentUnavailable, "It is down."), null), Ct);

        Assert.NotEqual(RefusalCode.PaymentUnavailable, answer.Refusal?.Code);
    }

    [Fact]
    public async Task What_came_in_where_the_line_was_not_seen_is_handed_out_by_housekeeping()
    {
        await AllowBackordersAsync();
        FallBehind();
        await _shop.ReserveAsync(Held.Value, ("tea", 7));
        await _shop.Stores.Stock.CommitAsync(Held, Ct);
        await _behind.Stock.AdjustAsync(
            new(new("more"), ShopFixture.Share("tea"), 2, MovementKind.Received), Ct);
        Assert.Equal((2, 0), await _shop.LevelAsync("tea"));

        _shop.Gate!.Release(Near);
        await _behind.Stock.ExpireDueAsync(10, Ct);

        Assert.Equal((0, 0), await _shop.LevelAsync("tea"));
        Assert.False((await _shop.Stores.Stock.GetReservationAsync(Held, Ct))!.IsWaiting);
        await _shop.CheckLedgerAsync();
    }

    private void FallBehind() => _shop.Gate!.Hold(Near);

    private async Task AllowBackordersAsync() => Assert.Null(
        (await _shop.Stores.StockKeeping.PutPolicyAsync(
            new("tea"), new() { BackorderLimit = 10 }, Ct)).Refusal);
}
