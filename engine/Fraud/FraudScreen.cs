using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Judges attempts to buy by rules over counters, and learns from them. Any thread; one lock
/// around the counters, held for a microsecond or two.
/// </summary>
/// <remarks>
/// <para><see cref="Screen"/> changes nothing and may be repeated. <see cref="Record"/> counts an
/// attempt once its screening is durable, <see cref="Outcome"/> what became of it. Both do nothing
/// when repeated for an order among the last <see cref="FraudLimits.RememberedOrders"/>.</para>
/// <para>The counters are memory only. After a restart, <see cref="Rebuild"/> counts the stored
/// orders of the last seven days again; more days give better means of accounts.</para>
/// </remarks>
public sealed class FraudScreen
{
    // Whatever else is remembered of an order has a key of its own.
    private const ulong LearnedMark = 0x9E37_79B9_7F4A_7C15;
    private const ulong OutcomeMark = 0xD1B5_4A32_D192_ED03;

    private sealed record Policies(FraudPolicy Active, FraudPolicy? Shadow, int[] Signals);

    private readonly Lock _gate = new();
    private readonly FraudCounters _counters;
    private readonly RecentKeys _orders = new(FraudLimits.RememberedOrders);
    private readonly RecentKeys _marks = new(FraudLimits.RememberedOrders);
    private volatile Policies _policies;

    /// <summary>Counters that have seen nothing yet.</summary>
    /// <param name="active">Decides; <see cref="FraudRules.Default"/> unless given.</param>
    /// <param name="limits">Bounds the memory.</param>
    public FraudScreen(FraudPolicy? active = null, FraudLimits? limits = null)
    {
        _counters = new(limits ?? new());
        _policies = ToPolicies(active ?? FraudRules.Default, null);
    }

    /// <summary>The policy that decides.</summary>
    public FraudPolicy Active => _policies.Active;

    /// <summary>The policy on trial, which decides nothing; null where there is none.</summary>
    public FraudPolicy? Shadow => _policies.Shadow;

    /// <summary>Judges by other rules from now on.</summary>
    /// <exception cref="ArgumentException">The two are in different currencies, and one of them
    /// would misread every amount.</exception>
    public void Use(FraudPolicy active, FraudPolicy? shadow)
    {
        if (shadow is not null && shadow.Set.Currency != active.Set.Currency)
        {
            throw new ArgumentException($"The shadow rules are in {shadow.Set.Currency}, the " +
                $"active ones in {active.Set.Currency}.", nameof(shadow));
        }
        _policies = ToPolicies(active, shadow);
    }

    /// <summary>Judges an attempt as if it were counted now. Changes nothing.</summary>
    public Screening Screen(ScreeningRequest request)
    {
        var policies = _policies;
        Span<double> signals = stackalloc double[FraudSignals.Count];
        signals.Fill(double.NaN);
        var keys = EntityKeys.Of(request);
        var amount = policies.Active.Convert(request.Amount);
        RequestSignals.Write(request, amount, signals);
        lock (_gate) _counters.Read(keys, FraudTime.StepOf(request.At), amount, signals);

        var judged = policies.Active.Judge(request, keys, signals);
        return new(judged.Score, judged.Decision, judged.Reasons, judged.Rules, request.At)
        {
            Inputs = Inputs(policies.Signals, signals),
            Shadow = policies.Shadow?.Judge(request, keys, signals),
        };
    }

    /// <summary>Counts an attempt; call it when its screening is durable.</summary>
    public void Record(ScreeningRequest request, Screening screening) =>
        Count(request, screening.Decision);

    /// <summary>Counts what became of an attempt.</summary>
    /// <param name="request">The attempt, as it was screened.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="at">When that was learned.</param>
    public void Outcome(ScreeningRequest request, ScreeningOutcome outcome, DateTimeOffset at)
    {
        var keys = EntityKeys.Of(request);
        var step = FraudTime.StepOf(at);
        var order = EntityKeys.Of(request.Order.Value);
        lock (_gate)
        {
            if (outcome == ScreeningOutcome.Cleared)
            {
                Learn(order, keys, request.Amount);
                return;
            }
            if (!_marks.Add(order + (OutcomeMark * (ulong)(1 + (int)outcome)))) return;
            _counters.Add(keys, step, outcome == ScreeningOutcome.Declined
                ? new Tally(0, 0, 1, 0) : new Tally(0, 0, 0, 1));
        }
    }

    /// <summary>Counts the past anew.</summary>
    /// <param name="past">Attempts in the order of their time; those that were counted before are
    /// passed over.</param>
    public void Rebuild(IEnumerable<PastScreening> past)
    {
        foreach (var attempt in past)
        {
            Count(attempt.Request, attempt.Decision);
            foreach (var (outcome, at) in attempt.Outcomes) Outcome(attempt.Request, outcome, at);
        }
    }

    /// <summary>For tests of the memory bound.</summary>
    internal FraudCounters Counters => _counters;

    private void Count(ScreeningRequest request, FraudDecision decision)
    {
        var keys = EntityKeys.Of(request);
        var order = EntityKeys.Of(request.Order.Value);
        lock (_gate)
        {
            if (!_orders.Add(order)) return;
            _counters.AddAttempt(
                keys, FraudTime.StepOf(request.At), Active.Convert(request.Amount));
            // A thief's amounts must not become the habit that the next one is measured by.
            if (decision <= FraudDecision.Challenge) Learn(order, keys, request.Amount);
        }
    }

    private void Learn(ulong order, in EntityKeys keys, Money amount)
    {
        if (_marks.Add(order + LearnedMark)) _counters.Learn(keys, Active.Convert(amount));
    }

    private static Policies ToPolicies(FraudPolicy active, FraudPolicy? shadow) => new(
        active, shadow, [.. active.Signals.Union(shadow?.Signals ?? []).Order()]);

    private static FraudInputs Inputs(int[] asked, ReadOnlySpan<double> signals)
    {
        var count = 0;
        foreach (var signal in asked) if (IsTold(signals[signal])) count++;
        if (count == 0) return FraudInputs.None;
        var inputs = new FraudInput[count];
        foreach (var signal in asked)
        {
            if (IsTold(signals[signal]))
                inputs[^count--] = new(FraudSignals.Names[signal], signals[signal]);
        }
        return new(inputs);
    }

    private static bool IsTold(double value) => value != 0 && !double.IsNaN(value);
}
