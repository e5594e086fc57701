using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;
using static StreamCommerce.Tests.Simulation.Books;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// Buys once, with one key, until the shop has answered; then does what buyers and merchants do
/// with an order. Remembers what it was told, and holds the shop to it.
/// </summary>
internal sealed class Buyer(SimulatedShop shop, int number)
{
    // With a calm world each try is answered; so many unanswered ones are a shop that hangs.
    private const int TryLimit = 400;

    private readonly Line _line = new(shop);
    private readonly CheckoutRequest _request = RequestOf(shop.Chance, number);
    private CheckoutAnswer? _told;
    private RefusalCode? _refused;

    private Chance Chance => shop.Chance;

    public async Task RunAsync()
    {
        await _line.PauseAsync(Chance.UpTo(Chance.Rush));
        if (Chance.OneIn(4)) shop.World.Begin(shop.World.Outside, BuyAsync);
        await BuyAsync();
        if (Chance.OneIn(3)) await BuyAnotherAsync();
        if (_told is { } told) await LookAfterAsync(told);
        if (Chance.OneIn(2)) await BuyAsync();
    }

    /// <summary>At the end: what was acknowledged is there.</summary>
    public void CheckAgainst(IReadOnlyDictionary<OrderId, Order> orders)
    {
        if (_told is not { } told) return;
        Require(orders.TryGetValue(told.Order.Id, out var order),
            $"the acknowledged order {told.Order.Id} is gone");
        Require(order!.Total == told.Order.Total && order.Lines.SequenceEqual(told.Order.Lines),
            $"the acknowledged order {told.Order.Id} has other lines or another total");
    }

    private async Task BuyAsync()
    {
        for (var i = 0; i < TryLimit; i++)
        {
            var reply = await _line.AskAsync(PlaceAsync);
            if (reply.HasCome && reply.Value.Refusal?.Code != RefusalCode.InProgress
                && reply.Value.Value?.State != OrderState.Authorizing)
            {
                Remember(reply.Value);
                return;
            }
            await _line.PauseAsync(Chance.UpToSeconds(40));
        }
        Require(false, $"buyer {number} was never answered");
    }

    // Where it is answered, not where the answer arrives: what is told must be durable then.
    private async ValueTask<Answer<CheckoutAnswer>> PlaceAsync(ShopProcess process)
    {
        var answer = await process.Desk.PlaceAsync(_request, CancellationToken.None);
        shop.Trace.Add("answer", _request.Key.Key,
            answer.Value?.State.ToString() ?? answer.Refusal!.Code.ToString());
        if (answer.Value is not { } told) return answer;
        Order? order = null;
        shop.Read(state => order = state.Find(told.Order.Id));
        Require(order is not null && order.Version >= told.Order.Version,
            $"order {told.Order.Id} was answered before it was durable");
        Require(told.State.IsPending() || told.Order.Progress.PlacedAt is not null,
            $"order {told.Order.Id} was told as {told.State} and is not placed");
        return answer;
    }

    private void Remember(Answer<CheckoutAnswer> answer)
    {
        if (answer.Is(out var told, out var refusal))
        {
            Require(_refused is null && (_told is null || _told.Order.Id == told.Order.Id),
                $"buyer {number}: the same key was answered with two things");
            Require(_told is null || _told.State == told.State,
                $"buyer {number} was told {_told?.State}, then {told.State} with the same key");
            _told ??= told;
        }
        else
        {
            Require(_told is null && (_refused is null || _refused == refusal.Code),
                $"buyer {number} was told {_told?.State}{_refused}, then {refusal.Code}");
            // No gateway was there, and nothing was begun: the key stays free.
            if (refusal.Code != RefusalCode.PaymentUnavailable) _refused ??= refusal.Code;
        }
    }

    // The same key with another body never buys.
    private async Task BuyAnotherAsync()
    {
        var other = _request with { Channel = "other" };
        var reply = await _line.AskAsync(
            process => process.Desk.PlaceAsync(other, CancellationToken.None));
        Require(!reply.HasCome || reply.Value.Refusal is not null,
            $"buyer {number}'s key was good for another request");
    }

    private async Task LookAfterAsync(CheckoutAnswer told)
    {
        var order = told.Order;
        if (told.State == OrderState.InReview && !Chance.OneIn(4))
        {
            await _line.PauseAsync(Chance.UpToSeconds(1500));
            await DoAsync(order.Id, new ReviewOrder("r1", !Chance.OneIn(4), null));
        }
        if (told.State == OrderState.ActionRequired) await ConfirmAsync(order);
        var tasks = new List<Task>();
        for (var i = Chance.Below(5); i > 0; i--)
        {
            await _line.PauseAsync(Chance.UpToSeconds(120));
            var doing = DoAsync(order.Id, After(order, $"a{i}"));
            // Some one after another, some beside each other.
            if (Chance.OneIn(2)) await doing;
            else tasks.Add(doing);
        }
        await Task.WhenAll(tasks);
    }

    private async Task ConfirmAsync(Order order)
    {
        if (Chance.OneIn(5)) return;
        await _line.PauseAsync(Chance.UpToSeconds(1200));
        var waiting = order.Payments[^1];
        var isConfirmed = shop.Banks.Single(bank => bank.Name == waiting.Gateway)
            .Confirm(waiting.Id, succeeds: !Chance.OneIn(4));
        shop.Trace.Add("confirm", waiting.Id.Value, isConfirmed.ToString());
        if (!Chance.OneIn(4)) await DoAsync(order.Id, new ResumePayment("resume"));
    }

    private OrderCommand After(Order order, string id)
    {
        ActionLine[] some =
            [new(order.Lines[0].Sku, 1 + Chance.Below(order.Lines[0].Quantity))];
        decimal? amount = Chance.OneIn(2) ? null : Chance.Below(3000) / 100m;
        return Chance.Below(8) switch
        {
            0 or 1 => new ShipOrder(id, []),
            2 => new ShipOrder(id, some),
            3 => new CancelOrder(id, null),
            4 => new CapturePayment(id, amount),
            5 => new RefundOrder(id, amount, null),
            6 => new ReturnOrder(id, some, !Chance.OneIn(3), null),
            _ => new ReturnOrder(id, [], !Chance.OneIn(3), null),
        };
    }

    private async Task DoAsync(OrderId order, OrderCommand command)
    {
        for (var i = 0; i < 8; i++)
        {
            var reply = await _line.AskAsync(async process =>
            {
                var answer = await process.Saga.DoAsync(order, command);
                shop.Trace.Add(command.GetType().Name, command.Id,
                    answer.Value?.State.ToString() ?? answer.Refusal!.Code.ToString());
                return answer;
            });
            if (reply.HasCome && reply.Value.Refusal?.Code != RefusalCode.InProgress) return;
            await _line.PauseAsync(Chance.UpToSeconds(40));
        }
    }

    private static CheckoutRequest RequestOf(Chance chance, int number)
    {
        var skus = chance.OneIn(3) ? Wares.Skus[..2] : [chance.Of<Sku>(Wares.Skus)];
        return new()
        {
            Key = new("shop", $"key-{number}"),
            Visitor = new($"buyer-{number}"),
            Currency = Wares.Euro,
            Payment = new(chance.Of(Cards.Good, Cards.Good, Cards.Good, Cards.Poor,
                Cards.Confirmed, Cards.WantsStepUp, Cards.NotAt("one"), Cards.NotAt("two"))),
            Capture = chance.Of(CaptureMode.Now, CaptureMode.OnShipment),
            Coupons = chance.OneIn(3) ? [Wares.Coupon] : [],
            Buyer = new(Device: chance.Of("a", "b", "c", "d", "e", "f", "odd", "bad")),
            Lines = [.. skus.Select(sku => new CartLine(sku, 1 + chance.Below(3)))],
        };
    }
}
