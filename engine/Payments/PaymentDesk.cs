using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>
/// Takes payment operations to their gateways. Trouble of a gateway is an outcome here, never an
/// exception. Any thread. It keeps nothing that a crash must not lose: the orders do.
/// </summary>
public sealed class PaymentDesk
{
    private readonly GatewayLane[] _lanes;
    private readonly FrozenDictionary<string, GatewayLane> _byName;
    private readonly PaymentOptions _options;
    private readonly TimeProvider _time;

    /// <param name="gateways">One for each of the options' gateways, by name.</param>
    /// <param name="options">Limits, and the gateways' rules.</param>
    /// <param name="time">The clock of timeouts, windows and breakers.</param>
    /// <exception cref="ArgumentException">A gateway of the options is missing.</exception>
    public PaymentDesk(
        IEnumerable<IPaymentGateway> gateways, PaymentOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var given = gateways.ToDictionary(one => one.Name, StringComparer.Ordinal);
        _lanes = [.. options.GatewaysOrSandbox().Select(settings =>
            given.TryGetValue(settings.Name, out var gateway)
                ? new GatewayLane(gateway, settings, options, time)
                : throw new ArgumentException($"There is no gateway '{settings.Name}'."))];
        _byName = _lanes.ToFrozenDictionary(
            lane => lane.Settings.Name, StringComparer.Ordinal);
    }

    /// <summary>The gateways, in the order of the configuration.</summary>
    public IEnumerable<IPaymentGateway> Gateways => _lanes.Select(lane => lane.Gateway);

    /// <summary>A gateway and its configuration, by name.</summary>
    public bool Find(
        string name,
        [NotNullWhen(true)] out IPaymentGateway? gateway,
        [NotNullWhen(true)] out GatewayOptions? settings)
    {
        var isThere = _byName.TryGetValue(name, out var lane);
        (gateway, settings) = (lane?.Gateway, lane?.Settings);
        return isThere;
    }

    /// <summary>
    /// The gateway for an authorization. Null where none takes it, the order's attempts are used
    /// up, or its time is. Decide it before the operation is stored. The draw among gateways comes
    /// from the order's id and its attempts, so that it can be repeated.
    /// </summary>
    public string? Route(PaymentRouteRequest request)
    {
        if (request.Attempts >= _options.AttemptLimit) return null;
        if (request.StartedAt is { } started
            && _time.GetUtcNow() - started > _options.OrderBudget) return null;
        if (_lanes.Length == 1)
        {
            var only = _lanes[0];
            return only.Health != GatewayHealth.Broken
                && PaymentRouting.Takes(only.Settings, request) ? only.Settings.Name : null;
        }
        var candidates = new RouteCandidate[_lanes.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            var lane = _lanes[i];
            candidates[i] = new(lane.Settings, lane.SuccessRate, lane.Health);
        }
        return PaymentRouting.Choose(request, candidates, _options.HedgeShare, Draw(request));
    }

    /// <summary>
    /// Does an operation that is stored. After <see cref="PaymentOutcome.Unknown"/> query it before
    /// any other attempt; after <see cref="PaymentOutcome.NotSent"/> send it again, or another.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token; what was sent is unknown.
    /// </exception>
    public ValueTask<PaymentOutcome> ExecuteAsync(PaymentRequest request, CancellationToken ct)
    {
        if (!_byName.TryGetValue(request.Operation.Gateway, out var lane))
        {
            // It may be configured again: what was authorized there is not given up.
            var reason = $"No gateway '{request.Operation.Gateway}' is configured.";
            return ValueTask.FromResult<PaymentOutcome>(
                request.Operation.Kind == PaymentKind.Authorize
                    ? new PaymentOutcome.Rejected(reason)
                    : new PaymentOutcome.NotSent(reason, TimeSpan.FromMinutes(5)));
        }
        if (request.Operation.Kind == PaymentKind.Authorize && request.Method is null)
        {
            return ValueTask.FromResult<PaymentOutcome>(
                new PaymentOutcome.Rejected("An authorization needs a payment method."));
        }
        return lane.ExecuteAsync(request, ct);
    }

    /// <summary>What became of an operation; Unknown where the gateway cannot be asked now.
    /// </summary>
    public async ValueTask<PaymentOutcome> QueryAsync(
        PaymentOperation operation, CancellationToken ct)
    {
        // Not Rejected: that would say that nothing happened.
        if (!_byName.TryGetValue(operation.Gateway, out var lane))
            return new PaymentOutcome.Unknown($"No gateway '{operation.Gateway}' is configured.");
        var outcome = await lane.QueryAsync(operation, ct);
        return outcome is PaymentOutcome.NotSent none
            ? new PaymentOutcome.Unknown(none.Reason) : outcome;
    }

    private static double Draw(PaymentRouteRequest request)
    {
        // The golden ratio's bits spread attempts; the top 53 bits fill a double.
        var bits = StableHash.Of(request.Order.Value)
            + (ulong)request.Attempts * 0x9E37_79B9_7F4A_7C15UL;
        return (bits >> 11) * (1.0 / (1UL << 53));
    }
}
