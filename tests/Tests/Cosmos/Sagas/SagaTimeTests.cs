using System.Text.Json;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Sagas;

/// <summary>Checkouts that are too slow, or left alone, and who goes on with them.</summary>
public sealed class SagaTimeTests : IAsyncLifetime
{
    private static readonly CheckoutRequest Request = ShopFixture.Request("k", ("tea", 2));

    private ShopFixture _shop = null!;

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        _shop = await Trial.OpenAsync();
        await _shop.StockAsync("tea", 5);
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task Who_is_too_slow_gives_up_before_others_may_take_it_on()
    {
        var began = _shop.Time.GetUtcNow();
        var last = began;
        _shop.Gate!.Faults = request =>
        {
            if (!request.IsOfItems || !request.IsWrite) return null;
            _shop.Time.Advance(TimeSpan.FromSeconds(4));
            last = _shop.Time.GetUtcNow();
            return null;
        };

        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await _shop.BuyAsync(Request));

        Assert.Equal(SagaTime.Lease - SagaTime.Limit, fault.RetryAfter);
        Assert.InRange(last, began, began + SagaTime.Limit);
        _shop.Gate.Faults = null;
        await Trial.HousekeepAsync(_shop);
        Assert.Equal(OrderState.Confirmed, (await OrderAsync())!.State);
    }

    [Fact]
    public async Task A_checkout_left_for_longer_than_units_are_held_is_refused_and_holds_nothing()
    {
        await LeaveAsync();
        _shop.Time.Advance(CheckoutRules.PaymentHold);

        await _shop.Stores.Checkout.ListDueAsync(_shop.Time.GetUtcNow(), 10, Ct);

        Assert.Equal((5, 0), await _shop.LevelAsync("tea"));
        Assert.Null(await OrderAsync());
        Assert.Equal(RefusalCode.ReservationClosed, (await _shop.BuyAsync(Request)).Refusal!.Code);
        Assert.DoesNotContain(
            _shop.Gate!.ItemsOf(_shop.CosmosOptions.Database, CosmosSchema.CheckoutKeys),
            key => key.TryGetProperty("open", out var open)
                && open.ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public async Task A_checkout_that_is_taken_on_late_holds_its_units_as_long_as_in_time()
    {
        var began = _shop.Time.GetUtcNow();
        await LeaveAsync();
        _shop.Time.Advance(TimeSpan.FromMinutes(10));

        await _shop.Stores.Checkout.ListDueAsync(_shop.Time.GetUtcNow(), 10, Ct);

        var reservation = (await OrderAsync())!.Terms.Reservation;
        var held = (await _shop.Stores.Stock.GetReservationAsync(reservation, Ct))!;
        Assert.Equal(ReservationState.Held, held.State);
        Assert.Equal(began + CheckoutRules.PaymentHold, held.ExpiresAt);
    }

    [Fact]
    public async Task Of_eight_who_begin_one_checkout_at_a_time_one_may_send_its_payment()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => _shop.OpenAnother()).ToList();
        var first = (await _shop.BuyAsync(Request)).Value!.Order;
        var order = first with
        {
            Id = new("another"),
            Version = 1,
            State = OrderState.Authorizing,
            Terms = first.Terms with { Reservation = new("order:another") },
            Progress = new(),
        };
        var begin = new BeginCheckout(new("shop", "k2"), 1, order, null, new(
            order.Terms.Reservation, [new(new("tea"), 2)], StockRegion.Home,
            CheckoutRules.PaymentHold));

        var answers = await Task.WhenAll(stores.Select(one =>
            Task.Run(() => one.Checkout.BeginAsync(begin, Ct).AsTask(), Ct)));

        Assert.Single(answers, answer => answer.Value is { Replayed: false });
        Assert.Equal((1, 2), await _shop.LevelAsync("tea"));
        foreach (var one in stores) await one.DisposeAsync();
    }

    [Fact]
    public async Task A_return_that_the_stock_would_refuse_is_not_stored_with_its_order()
    {
        var order = (await _shop.BuyAsync(Request)).Value!.Order;
        var change = new OrderChange(
            order with { Version = order.Version + 1 }, StockEffect.Restock,
            new(new("back"), [new(new("tea"), 0)], StockRegion.Home));

        var answer = await _shop.Stores.Checkout.SaveAsync(change, Ct);

        Assert.Equal(RefusalCode.InvalidQuantity, answer.Refusal!.Code);
        Assert.Equal(order.Version, (await OrderAsync())!.Version);
    }

    /// <summary>Its key is stored, and nothing else.</summary>
    private async Task LeaveAsync()
    {
        var isBegun = false;
        _shop.Gate!.Faults = request =>
        {
            if (!request.IsOfItems || !request.IsWrite) return null;
            if (isBegun) return Fault.Unavailable;
            isBegun = request.Kind == RequestKind.CreateItem;
            return null;
        };
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await _shop.BuyAsync(Request));
        _shop.Gate.Faults = null;
    }

    private async Task<Order?> OrderAsync() =>
        await _shop.Stores.Orders.ListNewestAsync(new(10) { Attempts = true }, Ct)
            is [var newest, ..] ? newest : null;
}
