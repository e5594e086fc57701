using System.Collections.Concurrent;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// Takes orders on: asks the gateway what the order says is to be asked, stores the step that
/// follows from the answer, and so on until nothing is open. Whoever finds an order with
/// something open may take it on; every step is stored over the version it was decided on, and
/// every gateway knows an operation by its id, so two that do it at once do it once. Any thread.
/// </summary>
/// <remarks>
/// What is stored as open may have been sent before a crash. Only the one that stored it sends it
/// right away; all others ask the gateway first what became of it. And where it was never seen,
/// they say in the order that they will send it, before they do: else the one that stored it, if
/// it lives, might find the gateway down and turn to another, and both would hold the money.
/// </remarks>
public sealed class OrderSaga(
    ICheckoutStore store,
    IOrderStore orders,
    PaymentDesk payments,
    FraudScreen screen,
    TimeProvider time)
{
    // Steps of one run: four authorizations, a capture, and as many races lost, is far below.
    private const int StepLimit = 40;

    // Orders of one round: each may wait for a gateway.
    private const int RoundLimit = 100;

    // Orders that were under way in a crash: as many as requests, and those that wait.
    private const int ResumeLimit = 100_000;

    // Orders that a round asks gateways about at once: connections that a gateway allows.
    private const int SideBySide = 32;

    // How long an order is left alone that broke what took it on.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<OrderId, byte> _running = [];
    private readonly ConcurrentDictionary<OrderId, DateTimeOffset> _resting = [];

    /// <summary>What last broke on an order that was taken on; null where nothing did. A bug, or
    /// damaged data: the order is tried again later.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>
    /// Takes on a checkout that was stored a moment ago and not sent anywhere yet; what it comes
    /// to is what its buyer is told.
    /// </summary>
    public ValueTask<Order> RunFirstAsync(Order order) =>
        RunAsync(order, isFresh: true, CancellationToken.None);

    /// <summary>Does what somebody wants done with an order, and what follows from it.</summary>
    public async ValueTask<Answer<Order>> DoAsync(
        OrderId id, OrderCommand command, CancellationToken ct = default)
    {
        for (var i = 0; i < StepLimit; i++)
        {
            if (await orders.GetAsync(id, ct) is not { } order)
                return new Refusal(RefusalCode.UnknownOrder, $"There is no order {id}.");
            if (OrderRules.Decide(order, command, time.GetUtcNow()) is not { } decided)
                return order;
            if (!decided.Is(out var change, out var refusal)) return refusal;
            var saved = await SaveAsync(order, change, ct);
            if (saved.Is(out var next, out var no))
            {
                Learn(next, command);
                return await RunAsync(next, isFresh: true, ct);
            }
            if (no.Code != RefusalCode.VersionMismatch) return no;
        }
        return new Refusal(RefusalCode.InProgress,
            $"Order {id} is being changed by others all the time; ask again in a moment.");
    }

    /// <summary>Takes on the orders that are due, so many a round.</summary>
    /// <param name="due">Now.</param>
    /// <param name="ct">Ends the round after the current step.</param>
    /// <returns>How many were taken on.</returns>
    public async ValueTask<int> RunDueAsync(DateTimeOffset due, CancellationToken ct) =>
        await RunAllAsync(await store.ListDueAsync(due, RoundLimit, ct), ct);

    /// <summary>
    /// Takes on, at start-up, what was under way when the process before ended: nobody else is at
    /// work on it, whatever was agreed about when it is due.
    /// </summary>
    /// <returns>How many were taken on.</returns>
    public async ValueTask<int> ResumeAsync(CancellationToken ct)
    {
        var open = await store.ListDueAsync(DateTimeOffset.MaxValue, ResumeLimit, ct);
        return await RunAllAsync([.. open.Where(order => order.OpenPayment is not null
            || order.State == OrderState.Authorizing)], ct);
    }

    private async ValueTask<int> RunAllAsync(IReadOnlyList<Order> found, CancellationToken ct)
    {
        var count = 0;
        // Side by side, so that one slow gateway does not hold up the others' orders.
        foreach (var some in found.Where(o => !_running.ContainsKey(o.Id)).Chunk(SideBySide))
        {
            ct.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(order => RunSafeAsync(order, ct)));
            count += some.Length;
        }
        return count;
    }

    // What breaks on one order must not keep the others waiting, nor end the service.
    private async Task RunSafeAsync(Order order, CancellationToken ct)
    {
        if (_resting.TryGetValue(order.Id, out var until) && time.GetUtcNow() < until) return;
        try
        {
            await RunAsync(order, isFresh: false, ct);
            _resting.TryRemove(order.Id, out _);
        }
        catch (Exception fault) when (
            fault is not (OperationCanceledException or StoreUnavailableException))
        {
            if (_resting.Count >= ResumeLimit) _resting.Clear();
            _resting[order.Id] = time.GetUtcNow() + Rest;
            Fault = new InvalidOperationException($"Order {order.Id} cannot go on.", fault);
        }
    }

    /// <summary>A gateway has told of an operation: asks it what became of it.</summary>
    /// <returns>False where there is no such order yet.</returns>
    public async ValueTask<bool> NoticeAsync(PaymentNotice notice, CancellationToken ct)
    {
        if (notice.Order is not { } id) return true;
        if (await orders.GetAsync(id, ct) is not { } order) return false;
        if (order.State == OrderState.ActionRequired)
        {
            await DoAsync(id, new ResumePayment("webhook:" + notice.EventId), ct);
            return true;
        }
        if (order.OpenPayment is null) return true;
        // Who runs it may have asked before this happened: the notice comes again.
        if (_running.ContainsKey(id)) return false;
        await RunAsync(order, isFresh: false, ct);
        return true;
    }

    // isFresh: what is open was stored by this caller and sent by nobody.
    private async ValueTask<Order> RunAsync(
        Order order, bool isFresh, CancellationToken ct)
    {
        if (!_running.TryAdd(order.Id, 0)) return order;
        try
        {
            // What was listed may have gone on since.
            if (!isFresh) order = await orders.GetAsync(order.Id, ct) ?? order;
            for (var i = 0; i < StepLimit; i++)
            {
                if (await NextAsync(order, isFresh, ct) is not { } step) return order;
                var saved = await SaveAsync(order, Answered(step.Change), ct);
                if (!saved.Is(out var next, out var no) && step.IfStockLost is { } lost
                    && no.Code == RefusalCode.ReservationClosed)
                {
                    saved = await SaveAsync(order, Answered(lost), ct);
                }
                if (saved.Is(out next, out _))
                {
                    (order, isFresh) = (next, true);
                    // It was asked, and there is no answer yet: a later round asks again.
                    if (order.OpenPayment is { Tries: > 0 } && !step.GoesOn) return order;
                    continue;
                }
                // Somebody else took a step; what is open now may have been sent.
                if (await orders.GetAsync(order.Id, ct) is not { } current) return order;
                (order, isFresh) = (current, false);
            }
            return order;
        }
        finally
        {
            _running.TryRemove(order.Id, out _);
        }
    }

    // The step that is next, or null where nothing is to be done now.
    private async ValueTask<Step?> NextAsync(Order order, bool isFresh, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (order.OpenPayment is not { } operation) return await UnpaidAsync(order, now, ct);
        var mayBeAnothers = !isFresh
            && operation is { Kind: PaymentKind.Authorize, Tries: 0 };
        var outcome = mayBeAnothers
            ? await payments.QueryAsync(operation, ct)
            : await AskAsync(order, operation, isFresh && operation.Tries == 0, ct);
        now = time.GetUtcNow();
        if (mayBeAnothers && outcome is PaymentOutcome.NeverSeen)
            return new(PaymentSteps.Settle(order, operation, outcome, null, now), null, true);
        if (outcome is PaymentOutcome.Declined && order.Terms.Screened is { } screened)
            screen.Outcome(screened, ScreeningOutcome.Declined, now);
        var change = PaymentSteps.Settle(
            order, operation, outcome, NextGateway(order, outcome), now);
        return new(change, change.Stock == StockEffect.Commit
            ? PaymentSteps.StockLost(order, operation, outcome, now)
            : null);
    }

    private async ValueTask<Step?> UnpaidAsync(
        Order order, DateTimeOffset now, CancellationToken ct)
    {
        if (order.State != OrderState.Authorizing)
        {
            // The buyer may have confirmed without coming back: the gateway knows.
            if (order.State == OrderState.ActionRequired && order.DueAt <= now
                && await payments.QueryAsync(order.Payments[^1], ct) is
                    PaymentOutcome.Approved or PaymentOutcome.Declined)
            {
                return new(OrderRules.Resumed(order, now), null);
            }
            return OrderRules.Lapse(order, now) is { } lapsed ? new(lapsed, null) : null;
        }
        return order.Total.Amount == 0
            ? new(PaymentSteps.PlaceFree(order, now), PaymentSteps.StockLost(order))
            : new(PaymentSteps.Plan(
                order, payments.Route(CheckoutRules.ToRoute(order, [])), now), null);
    }

    private async ValueTask<PaymentOutcome> AskAsync(
        Order order, PaymentOperation operation, bool send, CancellationToken ct)
    {
        var request = new PaymentRequest(operation, order.Terms.Method)
        {
            StepUp = operation.StepUp,
        };
        if (send) return await payments.ExecuteAsync(request, ct);
        var found = await payments.QueryAsync(operation, ct);
        if (found is not PaymentOutcome.NeverSeen) return found;
        var outcome = await payments.ExecuteAsync(request, ct);
        // This sending certainly did nothing. One before it may still be on its way, and must
        // not meet an authorization elsewhere.
        return outcome is PaymentOutcome.NotSent ? found : outcome;
    }

    private string? NextGateway(Order order, PaymentOutcome outcome)
    {
        if (outcome is not (PaymentOutcome.Declined or PaymentOutcome.NotSent)) return null;
        string[] tried = [.. order.Payments
            .Where(one => one.Kind == PaymentKind.Authorize).Select(one => one.Gateway)];
        return payments.Route(CheckoutRules.ToRoute(order, tried));
    }

    private ValueTask<Answer<Order>> SaveAsync(
        Order before, OrderChange change, CancellationToken ct) =>
        store.SaveAsync(
            change with { Order = change.Order with { Version = before.Version + 1 } }, ct);

    private void Learn(Order order, OrderCommand command)
    {
        if (command is ReviewOrder review && order.Terms.Screened is { } screened)
        {
            screen.Outcome(screened,
                review.Approved ? ScreeningOutcome.Cleared : ScreeningOutcome.Fraud,
                time.GetUtcNow());
        }
    }

    // What the buyer is told, once and for good: where the order has come to when nobody goes on
    // with it at once. Until then a repetition is told to ask again, so that it never learns
    // another state than the first request.
    private static OrderChange Answered(OrderChange change)
    {
        var order = change.Order;
        return order.Progress.AnsweredState is not null
            || order.State == OrderState.Authorizing
            || order.OpenPayment is { Tries: 0 }
                ? change
                : change with
                {
                    Order = order.Then(
                        progress => progress with { AnsweredState = order.State }),
                };
    }

    // A step; the one instead where the stock that it commits is gone; and whether what it leaves
    // open is sent next.
    private readonly record struct Step(
        OrderChange Change, OrderChange? IfStockLost, bool GoesOn = false);
}
