using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Tests.Engine.Payments;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Checkout;

/// <summary>The saga with the sandbox, over every kind of store.</summary>
public abstract class OrderSagaContract(Func<ShopFixture> open) : ShopContract(open)
{
    private readonly Func<ShopFixture> _open = open;

    // Slow ones wait for the clock; another test turns it.
    public static TheoryData<string> Tokens => [.. SandboxCard.All
        .Where(card => card.Fault != SandboxFault.Slow).Select(card => card.Token)];

    public static TheoryData<string> CrashingTokens =>
    [
        "tok_visa", "tok_chargeDeclined", "tok_threeDSecureRequired",
        "tok_authenticationRequired", "tok_lostAnswer", "tok_lostRequest", "tok_lostCapture",
        "tok_unavailable",
    ];

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Every_test_card_comes_to_its_end(string token)
    {
        await Shop.StockAsync("tea", 5);
        await BuyAsync(Shop.Stores.Checkout, token);
        await SettleAsync();

        await CheckEndAsync(token);
    }

    [Theory]
    [MemberData(nameof(CrashingTokens))]
    public async Task A_checkout_that_crashes_anywhere_comes_to_the_same_end(string token)
    {
        for (var at = 0; ; at++)
        {
            foreach (var isWritten in new[] { false, true })
            {
                await using var shop = _open();
                await shop.PrepareAsync();
                var trial = new Trial(shop);
                await shop.StockAsync("tea", 5);
                var store = new CrashingStore(shop.Stores.Checkout, at, isWritten);
                await trial.BuyAsync(store, token);
                if (!store.Crashed)
                {
                    Assert.True(at >= 2);
                    return;
                }
                await trial.SagaOver(shop.Stores.Checkout).ResumeAsync(Ct);
                await trial.SettleAsync();
                // The buyer has no answer yet and asks again.
                await trial.BuyAsync(shop.Stores.Checkout, token);
                await trial.SettleAsync();

                await trial.CheckEndAsync(token);
            }
        }
    }

    [Fact]
    public async Task A_cancellation_that_crashes_anywhere_comes_to_the_same_end()
    {
        for (var at = 0; ; at++)
        {
            foreach (var isWritten in new[] { false, true })
            {
                await using var shop = _open();
                await shop.PrepareAsync();
                var trial = new Trial(shop);
                await shop.StockAsync("tea", 5);
                var bought = (await shop.BuyAsync(ShopFixture.Request("k", ("tea", 2)))).Value!;
                var store = new CrashingStore(shop.Stores.Checkout, at, isWritten);
                var cancel = new CancelOrder("c1", null);
                try
                {
                    await trial.SagaOver(store).DoAsync(bought.Order.Id, cancel, Ct);
                }
                catch (CrashException)
                {
                }
                if (!store.Crashed) return;
                await trial.SagaOver(shop.Stores.Checkout).ResumeAsync(Ct);
                await shop.Saga.DoAsync(bought.Order.Id, cancel, Ct);

                var order = (await shop.Stores.Orders.GetAsync(bought.Order.Id, Ct))!;
                Assert.Equal(OrderState.Cancelled, order.State);
                Assert.Equal((5, 0), await shop.LevelAsync("tea"));
                Assert.Equal((20m, 20m, 20m), await trial.GatewayAsync());
                await shop.CheckLedgerAsync();
            }
        }
    }

    [Fact]
    public async Task A_repetition_is_told_the_first_answer_whatever_became_of_the_order()
    {
        await Shop.StockAsync("tea", 9);
        var request = ShopFixture.Request("k", ("tea", 2));
        var first = (await Shop.BuyAsync(request)).Value!;
        await Shop.Saga.DoAsync(first.Order.Id, new RefundOrder("f1", 1m, null), Ct);
        await Shop.Saga.DoAsync(first.Order.Id, new CancelOrder("c1", null), Ct);

        var again = (await Shop.BuyAsync(request)).Value!;

        Assert.Equal((OrderState.Confirmed, true), (again.State, again.Replayed));
        Assert.Equal(OrderState.Cancelled, again.Order.State);
        Assert.Equal((first.Order.Id, 20m, 20m),
            (again.Order.Id, again.Order.SumOf(PaymentKind.Capture).Amount,
                again.Order.SumOf(PaymentKind.Refund).Amount));
    }

    [Fact]
    public async Task A_declined_request_is_declined_again_and_a_new_key_buys()
    {
        await Shop.StockAsync("tea", 2);
        var request = ShopFixture.Request("k", ("tea", 2)) with
        { Payment = new("tok_chargeDeclined") };
        var first = await Shop.BuyAsync(request);
        var again = await Shop.BuyAsync(request);

        Assert.Equal(RefusalCode.PaymentDeclined, first.Refusal!.Code);
        Assert.Equal(first.Refusal.Detail, again.Refusal!.Detail);
        Assert.Null((await Shop.BuyAsync(ShopFixture.Request("k2", ("tea", 2)))).Refusal);
    }

    [Fact]
    public async Task What_the_buyer_does_not_confirm_lapses_with_its_reservation()
    {
        await Shop.StockAsync("tea", 2);
        var bought = await BuyAsync(Shop.Stores.Checkout, "tok_threeDSecureRequired");
        Assert.Equal(OrderState.ActionRequired, bought!.Value.Value!.State);
        Assert.Equal(0, await Shop.Saga.RunDueAsync(Shop.Time.GetUtcNow(), Ct));
        Shop.Time.Advance(CheckoutRules.PaymentHold);

        await Shop.Saga.RunDueAsync(Shop.Time.GetUtcNow(), Ct);

        Assert.Equal(OrderState.Failed, (await TheOrderAsync()).State);
        Assert.Equal((2, 0), await Shop.LevelAsync("tea"));
        Assert.Null(Shop.Gateway.CompleteStepUp(
            (await TheOrderAsync()).Payments[0].Reference!, approve: true));
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Money_that_comes_after_the_reservation_is_over_goes_back()
    {
        await Shop.StockAsync("tea", 2);
        await BuyAsync(Shop.Stores.Checkout, "tok_lostAnswer");
        Shop.Time.Advance(CheckoutRules.PaymentHold + TimeSpan.FromMinutes(1));
        await Shop.Stores.Stock.ExpireDueAsync(10, Ct);
        var other = await Shop.BuyAsync(ShopFixture.Request("other", ("tea", 2)));
        await SettleAsync();

        Assert.Null(other.Refusal);
        var order = (await Shop.Stores.Orders.ListNewestAsync(
            new(10) { Attempts = true }, Ct))[1];
        Assert.Equal(OrderState.Failed, order.State);
        Assert.Equal(RefusalCode.StockLost, order.Progress.Refusal!.Code);
        Assert.Equal([PaymentKind.Authorize, PaymentKind.Void],
            order.Payments.Select(one => one.Kind));
        Assert.Equal(RefusalCode.StockLost,
            (await BuyAsync(Shop.Stores.Checkout, "tok_lostAnswer"))!.Value.Refusal!.Code);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_gateways_word_is_enough_to_go_on()
    {
        await Shop.StockAsync("tea", 5);
        await BuyAsync(Shop.Stores.Checkout, "tok_threeDSecureRequired");
        var order = await TheOrderAsync();
        Shop.Gateway.CompleteStepUp(order.Payments[0].Reference!, approve: true);
        var notice = new PaymentNotice("sandbox", "evt-1", null, order.Id,
            PaymentKind.Authorize, PaymentState.Succeeded, order.Payments[0].Reference!,
            order.Total, Shop.Time.GetUtcNow());

        Assert.True(await Shop.Saga.NoticeAsync(notice, Ct));
        Assert.True(await Shop.Saga.NoticeAsync(notice, Ct));
        Assert.False(await Shop.Saga.NoticeAsync(notice with { Order = new("other") }, Ct));

        Assert.Equal(OrderState.Confirmed, (await TheOrderAsync()).State);
        // The buyer's browser comes back later than the gateway.
        Assert.Equal(OrderState.Confirmed,
            (await Shop.Saga.DoAsync(order.Id, new ResumePayment("b"), Ct)).Value!.State);
    }

    [Fact]
    public async Task A_refund_whose_answer_is_lost_is_given_once()
    {
        await Shop.StockAsync("tea", 5);
        var bought = await BuyAsync(Shop.Stores.Checkout, "tok_lostRefund");
        var id = bought!.Value.Value!.Order.Id;
        await Shop.Saga.DoAsync(id, new RefundOrder("f1", 5m, null), Ct);
        Assert.Equal(PaymentState.Unknown, (await TheOrderAsync()).OpenPayment!.State);
        Assert.Equal(RefusalCode.InProgress,
            (await Shop.Saga.DoAsync(id, new RefundOrder("f2", 5m, null), Ct)).Refusal!.Code);
        await SettleAsync();

        Assert.Null((await TheOrderAsync()).OpenPayment);
        Assert.Equal((20m, 20m, 5m), await new Trial(Shop).GatewayAsync());
    }

    [Fact]
    public async Task Another_gateway_is_asked_where_the_first_says_that_it_may_approve()
    {
        await Shop.StockAsync("tea", 100);
        var first = new ScriptedGateway("first")
        {
            Answer = (_, _) => ValueTask.FromResult<PaymentOutcome>(
                new PaymentOutcome.Declined("processing_error", DeclineAction.RetryElsewhere)),
        };
        var options = new PaymentOptions
        {
            Gateways = [new() { Name = "first" }, new() { Name = PaymentOptions.SandboxName }],
        };
        var trial = new Trial(Shop, new PaymentDesk([first, Shop.Gateway], options, Shop.Time));
        for (var i = 0; i < 12; i++)
            await trial.BuyAsync(Shop.Stores.Checkout, "tok_visa", $"k{i}");

        var orders = await Shop.Stores.Orders.ListNewestAsync(new(20), Ct);
        Assert.Equal(12, orders.Count(order => order.State == OrderState.Confirmed));
        Assert.Equal(first.Calls, orders.Sum(order =>
            order.Payments.Count(one => one.State == PaymentState.Declined)));
        Assert.NotEqual(0, first.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task However_many_take_an_order_on_at_once_it_is_taken_on_once()
    {
        await Shop.StockAsync("tea", 5);
        await BuyAsync(Shop.Stores.Checkout, "tok_lostAnswer");
        Shop.Time.Advance(TimeSpan.FromMinutes(5));
        var trial = new Trial(Shop);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            trial.SagaOver(Shop.Stores.Checkout).RunDueAsync(Shop.Time.GetUtcNow(), Ct).AsTask(),
            TestContext.Current.CancellationToken)));
        await SettleAsync();

        await CheckEndAsync("tok_lostAnswer");
    }

    [Fact(Timeout = 30_000)]
    public async Task Two_who_send_an_authorization_at_a_time_hold_the_money_at_one_gateway()
    {
        await Shop.StockAsync("tea", 5);
        var race = new SendingRace();
        var trial = new Trial(Shop, new PaymentDesk(race.Gateways, race.Options, Shop.Time));
        race.Other = () => trial.SagaOver(Shop.Stores.Checkout).ResumeAsync(Ct).AsTask();

        await trial.BuyAsync(Shop.Stores.Checkout, "tok_visa");
        await race.EndAsync();

        Assert.Single(race.Held);
        Assert.Equal(OrderState.Confirmed, (await TheOrderAsync()).State);
    }

    private ValueTask<Answer<CheckoutAnswer>?> BuyAsync(ICheckoutStore store, string token) =>
        new Trial(Shop).BuyAsync(store, token);

    private Task SettleAsync() => new Trial(Shop).SettleAsync();

    private Task CheckEndAsync(string token) => new Trial(Shop).CheckEndAsync(token);

    private Task<Order> TheOrderAsync() => new Trial(Shop).TheOrderAsync();

    private sealed class Trial(ShopFixture shop, PaymentDesk? payments = null)
    {
        // Without repetitions within a call, which would wait for the clock.
        private readonly PaymentDesk _payments = payments
            ?? new([shop.Gateway], new PaymentOptions { RetryLimit = 0 }, shop.Time);

        public OrderSaga SagaOver(ICheckoutStore store) =>
            new(store, shop.Stores.Orders, _payments, shop.Screen, shop.Time);

        public async ValueTask<Answer<CheckoutAnswer>?> BuyAsync(
            ICheckoutStore store, string token, string key = "k")
        {
            var quotes = new QuoteDesk(shop.Stores.Products, shop.Stores.Carts,
                shop.Stores.Coupons, () => shop.Book, shop.Time);
            var desk = new CheckoutDesk(quotes, store, SagaOver(store), _payments, shop.Screen,
                StockRegion.Home, shop.Time);
            try
            {
                return await desk.PlaceAsync(ShopFixture.Request(key, ("tea", 2)) with
                { Payment = new(token) }, shop.Ct);
            }
            catch (CrashException)
            {
                return null;
            }
        }

        /// <summary>What is due is taken on for ten minutes; buyers confirm at once.</summary>
        public async Task SettleAsync()
        {
            var saga = SagaOver(shop.Stores.Checkout);
            for (var i = 0; i < 10; i++)
            {
                foreach (var order in await shop.Stores.Orders.ListNewestAsync(
                    new(10) { State = OrderState.ActionRequired }, shop.Ct))
                {
                    shop.Gateway.CompleteStepUp(order.Payments[^1].Reference!, approve: true);
                    await saga.DoAsync(order.Id, new ResumePayment("back"), shop.Ct);
                }
                shop.Time.Advance(TimeSpan.FromMinutes(1));
                await saga.RunDueAsync(shop.Time.GetUtcNow(), shop.Ct);
            }
        }

        public async Task<Order> TheOrderAsync() => Assert.Single(
            await shop.Stores.Orders.ListNewestAsync(new(10) { Attempts = true }, shop.Ct));

        public async Task CheckEndAsync(string token)
        {
            var card = SandboxCard.Find(token)!;
            var isBought = card.Fault != SandboxFault.Unavailable
                && card.Code is null or DeclineCodes.AuthenticationRequired;
            var order = await TheOrderAsync();
            // A first sending may be on its way, so that nothing is given up while it is down.
            if (card.Fault == SandboxFault.Unavailable
                && order.State == OrderState.Authorizing)
            {
                Assert.NotNull(order.DueAt);
                Assert.Equal((0m, 0m, 0m), await GatewayAsync());
                return;
            }
            Assert.Equal(isBought ? OrderState.Confirmed : OrderState.Failed, order.State);
            Assert.Null(order.OpenPayment);
            Assert.Null(order.DueAt);
            Assert.Equal((isBought ? 3 : 5, 0), await shop.LevelAsync("tea"));
            var (authorized, captured, refunded) = await GatewayAsync();
            Assert.Equal(isBought ? (20m, 20m, 0m) : (0m, 0m, 0m),
                (authorized, captured, refunded));
            if (!isBought)
            {
                Assert.Equal(card.Fault == SandboxFault.Unavailable
                    ? RefusalCode.PaymentUnavailable : RefusalCode.PaymentDeclined,
                    order.Progress.Refusal!.Code);
            }
            var told = await shop.Stores.Outbox.ReadAsync(10, shop.Ct);
            Assert.Equal(isBought ? 1 : 0, told.Count);
            await shop.CheckLedgerAsync();
        }

        /// <summary>What the gateway itself has done: held, taken, given back.</summary>
        public async Task<(decimal, decimal, decimal)> GatewayAsync()
        {
            var page = await shop.Gateway.ListAsync(
                ShopFixture.Start, shop.Time.GetUtcNow().AddDays(1), null, shop.Ct);
            decimal Sum(PaymentKind kind) => page.Records
                .Where(one => one.Kind == kind && one.State == PaymentState.Succeeded)
                .Sum(one => one.Amount.Amount);
            return (Sum(PaymentKind.Authorize), Sum(PaymentKind.Capture),
                Sum(PaymentKind.Refund));
        }
    }
}

public sealed class MemoryOrderSagaTests() : OrderSagaContract(ShopFixture.Memory);

public sealed class SqliteOrderSagaTests() : OrderSagaContract(ShopFixture.Sqlite);

public sealed class CosmosOrderSagaTests() : OrderSagaContract(ShopFixture.Cosmos);
