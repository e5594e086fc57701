using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class PaymentDeskTests
{
    private static readonly Currency Euro = Currency.Of("EUR");

    private readonly FakeTimeProvider _time = new(new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero));
    private readonly ScriptedGateway _first = new("first");
    private readonly ScriptedGateway _second = new("second");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_certainly_did_nothing_is_repeated()
    {
        var faults = 2;
        _first.Answer = (request, _) => faults-- > 0
            ? throw new GatewayUnavailableException("busy")
            : ValueTask.FromResult<PaymentOutcome>(
                new PaymentOutcome.Approved("ref", request.Operation.Amount));

        var outcome = await RunAsync(Desk().ExecuteAsync(Request(), Ct));

        Assert.IsType<PaymentOutcome.Approved>(outcome);
        Assert.Equal(3, _first.Calls);
    }

    [Fact]
    public async Task A_gateway_that_stays_away_is_an_outcome_after_the_repetitions()
    {
        _first.Answer = (_, _) => throw new GatewayUnavailableException("down");
        var outcome = await RunAsync(Desk().ExecuteAsync(Request(), Ct));
        Assert.IsType<PaymentOutcome.NotSent>(outcome);
        Assert.Equal(3, _first.Calls);
    }

    [Fact]
    public async Task A_call_that_may_have_had_its_effect_is_not_repeated()
    {
        _first.Answer = (_, _) => throw new HttpRequestException("connection reset");
        var outcome = await RunAsync(Desk().ExecuteAsync(Request(), Ct));
        Assert.IsType<PaymentOutcome.Unknown>(outcome);
        Assert.Equal(1, _first.Calls);
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_in_time_leaves_the_outcome_unknown()
    {
        _first.Answer = async (_, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            throw new InvalidOperationException("It never gets here.");
        };
        var outcome = await RunAsync(Desk().ExecuteAsync(Request(), Ct));
        Assert.IsType<PaymentOutcome.Unknown>(outcome);
    }

    [Fact]
    public async Task A_gateway_without_answers_is_left_alone_probed_and_found_again()
    {
        _first.Answer = (_, _) => throw new HttpRequestException("no answer");
        var desk = Desk();
        for (var i = 0; i < 20; i++) await desk.ExecuteAsync(Request(), Ct);
        var calls = _first.Calls;

        Assert.IsType<PaymentOutcome.NotSent>(await RunAsync(desk.ExecuteAsync(Request(), Ct)));
        Assert.Equal(calls, _first.Calls);
        Assert.All(Routes(desk, 500), gateway => Assert.Equal("second", gateway));

        _time.Advance(TimeSpan.FromSeconds(6));
        _first.Answer = new ScriptedGateway("first").Answer;
        var probes = Routes(desk, 500).Count(gateway => gateway == "first");
        Assert.InRange(probes, 1, 25);

        Assert.IsType<PaymentOutcome.Approved>(await desk.ExecuteAsync(Request(), Ct));
        // Its success rate is still a bad one: it comes back as that recovers.
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.InRange(Routes(desk, 500).Count(gateway => gateway == "first"), 200, 300);
    }

    [Fact]
    public async Task A_query_reaches_a_gateway_that_is_left_alone()
    {
        _first.Answer = (_, _) => throw new HttpRequestException("no answer");
        var desk = Desk();
        for (var i = 0; i < 25; i++) await RunAsync(desk.ExecuteAsync(Request(), Ct));

        Assert.IsType<PaymentOutcome.NeverSeen>(
            await desk.QueryAsync(Request().Operation, Ct));
        _first.Query = () => throw new GatewayUnavailableException("down");
        Assert.IsType<PaymentOutcome.Unknown>(await desk.QueryAsync(Request().Operation, Ct));
    }

    [Fact]
    public void An_order_is_routed_the_same_way_every_time()
    {
        var (desk, other) = (Desk(), Desk());
        Assert.Equal(Routes(desk, 100), Routes(other, 100));
        Assert.Equal(2, Routes(desk, 100).Distinct().Count());
    }

    [Fact]
    public void A_gateway_that_said_no_is_not_asked_again()
    {
        var desk = Desk();
        var request = new PaymentRouteRequest(new("o"), new(10m, Euro)) { Tried = ["first"] };
        Assert.Equal("second", desk.Route(request));
        Assert.Null(desk.Route(request with { Tried = ["first", "second"] }));
    }

    [Fact]
    public void Attempts_and_time_of_an_order_are_limited()
    {
        var desk = Desk();
        var request = new PaymentRouteRequest(new("o"), new(10m, Euro))
        {
            Attempts = 3,
            StartedAt = _time.GetUtcNow(),
        };
        Assert.NotNull(desk.Route(request));
        Assert.Null(desk.Route(request with { Attempts = 4 }));
        _time.Advance(TimeSpan.FromSeconds(46));
        Assert.Null(desk.Route(request));
    }

    [Fact]
    public async Task A_gateway_that_declines_more_gets_less_but_its_hedge_share()
    {
        _first.Answer = (_, _) => ValueTask.FromResult<PaymentOutcome>(
            new PaymentOutcome.Declined("processing_error", DeclineAction.RetryElsewhere));
        var desk = Desk();
        for (var i = 0; i < 100; i++) await desk.ExecuteAsync(Request(), Ct);
        Assert.InRange(Routes(desk, 5_000).Count(gateway => gateway == "first"), 25, 75);

        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.InRange(Routes(desk, 1_000).Count(gateway => gateway == "first"), 450, 550);
    }

    [Fact]
    public void Rules_weight_and_cost_decide()
    {
        Assert.All(Routes(Desk(first => first.Currencies.Add("USD")), 50), Second);
        Assert.All(Routes(Desk(first => first.Countries.Add("DE")), 50), Second);
        Assert.All(Routes(Desk(first => first.Brands.Add("amex")), 50), Second);
        Assert.All(Routes(Desk(first => first.AmountFrom = 10.01m), 50), Second);
        Assert.All(Routes(Desk(first => first.AmountTo = 9.99m), 50), Second);
        Assert.All(Routes(Desk(first => first.Weight = 0), 50), Second);
        Assert.InRange(Routes(Desk(first => first.Weight = 3), 1_000)
            .Count(gateway => gateway == "first"), 700, 800);
        Assert.InRange(Routes(Desk(first => first.CostPercent = 5), 1_000)
            .Count(gateway => gateway == "first"), 250, 360);

        static void Second(string? gateway) => Assert.Equal("second", gateway);
    }

    private PaymentDesk Desk(Action<GatewayOptions>? change = null)
    {
        var first = new GatewayOptions { Name = "first" };
        change?.Invoke(first);
        return new([_first, _second], new PaymentOptions
        {
            Gateways = [first, new GatewayOptions { Name = "second" }],
        }, _time);
    }

    private static List<string?> Routes(PaymentDesk desk, int count) =>
        [.. Enumerable.Range(0, count).Select(i => desk.Route(
            new(new($"order-{i}"), new(10m, Euro))))];

    private PaymentRequest Request() => new(
        new(new("op"), new("o"), PaymentKind.Authorize, "first", new(10m, Euro),
            _time.GetUtcNow()), new PaymentMethod("tok_visa"));

    /// <summary>Lets time pass until it is done.</summary>
    private async Task<PaymentOutcome> RunAsync(ValueTask<PaymentOutcome> call)
    {
        var task = call.AsTask();
        for (var i = 0; i < 1_000 && !task.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        return await task;
    }
}
