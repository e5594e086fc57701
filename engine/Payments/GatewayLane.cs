using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace StreamCommerce.Engine.Payments;

/// <summary>
/// The way to one gateway: repeats what certainly did nothing, holds off while the gateway does
/// not answer, gives up in time, and remembers how it went. Any thread.
/// </summary>
/// <remarks>
/// Order, from outside: repetition, circuit breaker, timeout. A query passes no breaker: it is how
/// an unknown outcome is cleared up, and it is not repeated here.
/// </remarks>
internal sealed class GatewayLane
{
    private readonly ResiliencePipeline<PaymentOutcome> _calls;
    private readonly ResiliencePipeline<PaymentOutcome> _queries;
    private readonly SuccessWindow _successes;
    private readonly TimeProvider _time;
    private readonly PaymentOptions _options;

    // Ticks of when an open breaker lets a probe through; 0 while it is closed.
    private long _probeAt;

    public GatewayLane(
        IPaymentGateway gateway, GatewayOptions settings, PaymentOptions options, TimeProvider time)
    {
        Gateway = gateway;
        Settings = settings;
        _time = time;
        _options = options;
        _successes = new(options.SuccessWindow, time);
        _calls = new ResiliencePipelineBuilder<PaymentOutcome> { TimeProvider = time }
            .AddRetryWhere(options)
            .AddCircuitBreaker(Breaker(options))
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.CallTimeout })
            .Build();
        _queries = new ResiliencePipelineBuilder<PaymentOutcome> { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.CallTimeout })
            .Build();
    }

    public IPaymentGateway Gateway { get; }

    public GatewayOptions Settings { get; }

    public GatewayHealth Health
    {
        get
        {
            var probeAt = Volatile.Read(ref _probeAt);
            if (probeAt == 0) return GatewayHealth.Working;
            return _time.GetUtcNow().UtcTicks >= probeAt
                ? GatewayHealth.Probing : GatewayHealth.Broken;
        }
    }

    public double SuccessRate => _successes.Rate();

    /// <summary>Sends an operation and says what became of it.</summary>
    public async ValueTask<PaymentOutcome> ExecuteAsync(
        PaymentRequest request, CancellationToken ct)
    {
        var outcome = await RunAsync(
            _calls, static (gateway, request, ct) => SendAsync(gateway, request, ct), request, ct);
        if (request.Operation.Kind == PaymentKind.Authorize
            && IsSuccess(outcome) is { } isSuccess) _successes.Count(isSuccess);
        return outcome;
    }

    /// <summary>Asks what became of an operation.</summary>
    public ValueTask<PaymentOutcome> QueryAsync(
        PaymentOperation operation, CancellationToken ct) =>
        RunAsync(_queries, static (gateway, operation, ct) => gateway.QueryAsync(operation, ct),
            operation, ct);

    private async ValueTask<PaymentOutcome> RunAsync<T>(
        ResiliencePipeline<PaymentOutcome> pipeline,
        Func<IPaymentGateway, T, CancellationToken, ValueTask<PaymentOutcome>> call,
        T what,
        CancellationToken ct)
    {
        // On the caller's context: a simulation has one thread, and keeps it.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, ct);
        try
        {
            var outcome = await pipeline.ExecuteOutcomeAsync(
                static async (context, state) =>
                {
                    try
                    {
                        return Outcome.FromResult(await state.call(
                            state.Gateway, state.what, context.CancellationToken));
                    }
                    catch (Exception fault)
                    {
                        return Outcome.FromException<PaymentOutcome>(fault);
                    }
                },
                context,
                (call, what, Gateway));
            return outcome.Result ?? Read(outcome.Exception!, ct);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Only what promises that nothing was done may be taken for that.</summary>
    private PaymentOutcome Read(Exception fault, CancellationToken ct)
    {
        if (fault is OperationCanceledException && ct.IsCancellationRequested)
            throw new OperationCanceledException(fault.Message, fault, ct);
        return fault switch
        {
            GatewayUnavailableException none => new PaymentOutcome.NotSent(
                none.Message, none.RetryAfter ?? _options.RetryDelay * (1 << _options.RetryLimit)),
            BrokenCircuitException => new PaymentOutcome.NotSent(
                $"{Gateway.Name} did not answer of late.", UntilProbe()),
            TimeoutRejectedException => new PaymentOutcome.Unknown(
                $"{Gateway.Name} did not answer within {_options.CallTimeout}."),
            _ => new PaymentOutcome.Unknown(
                $"{Gateway.Name}: {fault.GetType().Name}: {fault.Message}"),
        };
    }

    private TimeSpan UntilProbe()
    {
        var left = Volatile.Read(ref _probeAt) - _time.GetUtcNow().UtcTicks;
        return left > 0 ? TimeSpan.FromTicks(left) : _options.RetryDelay;
    }

    private CircuitBreakerStrategyOptions<PaymentOutcome> Breaker(PaymentOptions options) => new()
    {
        FailureRatio = options.BreakerFailureShare,
        MinimumThroughput = options.BreakerThroughput,
        SamplingDuration = options.BreakerWindow,
        BreakDuration = options.BreakDuration,
        // A no is an answer; what counts is a gateway that gives none.
        ShouldHandle = static arguments => ValueTask.FromResult(
            arguments.Outcome.Exception is { } fault
            && !(fault is OperationCanceledException
                && arguments.Context.CancellationToken.IsCancellationRequested)),
        OnOpened = opened =>
        {
            Volatile.Write(ref _probeAt, (_time.GetUtcNow() + opened.BreakDuration).UtcTicks);
            return default;
        },
        OnClosed = _ =>
        {
            Volatile.Write(ref _probeAt, 0);
            return default;
        },
    };

    private static ValueTask<PaymentOutcome> SendAsync(
        IPaymentGateway gateway, PaymentRequest request, CancellationToken ct) =>
        request.Operation.Kind switch
        {
            PaymentKind.Authorize => gateway.AuthorizeAsync(request, ct),
            PaymentKind.Capture => gateway.CaptureAsync(request, ct),
            PaymentKind.Void => gateway.VoidAsync(request, ct),
            PaymentKind.Refund => gateway.RefundAsync(request, ct),
            _ => throw new GatewayUnavailableException($"{request.Operation.Kind} is unknown."),
        };

    // What is the card's fault, or still open, says nothing about the gateway.
    private static bool? IsSuccess(PaymentOutcome outcome) => outcome switch
    {
        PaymentOutcome.Approved => true,
        PaymentOutcome.Declined { Action: DeclineAction.RetryElsewhere } => false,
        PaymentOutcome.Unknown or PaymentOutcome.NotSent => false,
        _ => null,
    };
}

/// <summary>The repetition of calls that certainly did nothing.</summary>
internal static class GatewayRepetition
{
    public static ResiliencePipelineBuilder<PaymentOutcome> AddRetryWhere(
        this ResiliencePipelineBuilder<PaymentOutcome> pipeline, PaymentOptions options) =>
        options.RetryLimit == 0 ? pipeline : pipeline.AddRetry(
            new RetryStrategyOptions<PaymentOutcome>
            {
                MaxRetryAttempts = options.RetryLimit,
                // No jitter: it would need randomness that a replay does not have, and the
                // breaker already keeps a crowd off a gateway that is down.
                UseJitter = false,
                ShouldHandle = static arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is GatewayUnavailableException),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                    Pause(options, arguments)),
            });

    private static TimeSpan Pause(
        PaymentOptions options, RetryDelayGeneratorArguments<PaymentOutcome> arguments)
    {
        var pause = options.RetryDelay * (1 << Math.Min(arguments.AttemptNumber, 10));
        var asked = (arguments.Outcome.Exception as GatewayUnavailableException)?.RetryAfter;
        // A gateway may ask for longer, up to what a waiting buyer bears.
        var longest = options.RetryDelay * 20;
        return asked > pause ? (asked.Value < longest ? asked.Value : longest) : pause;
    }
}
