using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// Learns what the voters of a blend count while sessions go on: of a sample of the clicks it asks
/// what each voter would have said before the click was learnt, and now and then finds the weights
/// under which the last of them were most likely (<see cref="SessionBlendWeights.Learn"/>). Keeps
/// numbers only, of nobody. Any thread.
/// </summary>
/// <param name="options">How the blend is asked.</param>
public sealed class SessionBlendTuning(SessionBlendOptions options)
{
    /// <summary>One of so many clicks is asked about: it costs as much as an answer.</summary>
    public const int SampleEvery = 64;

    /// <summary>Clicks that weights are learnt from, at most; older ones are forgotten.</summary>
    public const int ClickLimit = 4_096;

    // Weights of fewer clicks would be little more than the default ones.
    private const int FirstAfter = 512;
    private const int EachAfter = 1_024;

    private readonly Lock _gate = new();
    private readonly SessionBlendSearch _search = new(options);
    private readonly ForeseenClick[] _clicks = new ForeseenClick[ClickLimit];
    private volatile SessionBlendWeights _weights = SessionBlendWeights.Default;
    private long _seen = -1;
    private long _count;

    /// <summary>The weights of this moment: the default ones before enough clicks.</summary>
    public SessionBlendWeights Weights => _weights;

    /// <summary>Takes notice of a click that is about to be learnt.</summary>
    /// <param name="knowledge">Does not know the click.</param>
    /// <param name="session">The clicks before it, oldest first.</param>
    /// <param name="item">What was clicked.</param>
    public void Observe(SessionKnowledge knowledge, ReadOnlySpan<int> session, int item)
    {
        if (session.IsEmpty || Interlocked.Increment(ref _seen) % SampleEvery != 0) return;
        Span<HistoryEntry> history = stackalloc HistoryEntry[session.Length];
        for (var i = 0; i < session.Length; i++) history[i] = new(session[i]);
        lock (_gate)
        {
            _clicks[_count++ % ClickLimit] = _search.Foresee(knowledge, history, item);
            if (_count != FirstAfter && _count % EachAfter != 0) return;
            _weights = SessionBlendWeights.Learn(
                _clicks.AsSpan(0, (int)Math.Min(_count, ClickLimit)));
        }
    }
}
