using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// Blends what neighbours, rules and the session itself say of the next click. The work space of
/// one thread at a time, to be kept for the next question: it allocates nothing once it has grown.
/// </summary>
/// <param name="options">How it is asked.</param>
/// <exception cref="ArgumentException">An option is outside its range.</exception>
public sealed class SessionBlendSearch(SessionBlendOptions options)
{
    private readonly SessionVoters _voters = new(options);

    /// <summary>The blended votes of the last question.</summary>
    internal ItemVotes Votes { get; } = new();

    /// <summary>Finds items that go with a session.</summary>
    /// <param name="knowledge">What was learnt.</param>
    /// <param name="weights">What the voters count.</param>
    /// <param name="session">The current one, oldest first.</param>
    /// <param name="best">Filled with the best items, best first, those of the session among
    /// them.</param>
    /// <returns>How many there are.</returns>
    public int Find(SessionKnowledge knowledge, SessionBlendWeights weights,
        ReadOnlySpan<HistoryEntry> session, Span<SessionCandidate> best) =>
        Find(knowledge, weights, session, best, default(AllItems));

    /// <summary>Finds items that go with a session and that a filter allows.</summary>
    /// <param name="knowledge">What was learnt.</param>
    /// <param name="weights">What the voters count.</param>
    /// <param name="session">The current one, oldest first.</param>
    /// <param name="best">Filled with the best items, best first.</param>
    /// <param name="filter">Asked for those that may be among the best, not for all.</param>
    /// <returns>How many there are.</returns>
    public int Find<TFilter>(SessionKnowledge knowledge, SessionBlendWeights weights,
        ReadOnlySpan<HistoryEntry> session, Span<SessionCandidate> best, TFilter filter)
        where TFilter : IItemFilter
    {
        Vote(knowledge, weights, session);
        return Votes.Top(best, filter);
    }

    /// <summary>Fills <see cref="Votes"/>.</summary>
    internal void Vote(SessionKnowledge knowledge, SessionBlendWeights weights,
        ReadOnlySpan<HistoryEntry> session)
    {
        Votes.Clear();
        _voters.Vote(knowledge, session);
        for (var voter = 0; voter < SessionBlendWeights.Voters; voter++)
        {
            var weight = weights[_voters.Situation, (SessionVoter)voter];
            var total = _voters[voter].Total();
            if (!(weight > 0) || !(total > 0)) continue;
            foreach (ref readonly var entry in _voters[voter].Entries)
            {
                var vote = weight * (entry.Sum / total);
                if (vote > 0) Votes.Add(entry.Item, vote, entry.Cause);
            }
        }
    }

    /// <summary>What each voter says of an item, for learning their weights.</summary>
    internal ForeseenClick Foresee(
        SessionKnowledge knowledge, ReadOnlySpan<HistoryEntry> session, int item)
    {
        _voters.Vote(knowledge, session);
        var shares = new float[SessionBlendWeights.Voters];
        for (var voter = 0; voter < shares.Length; voter++)
        {
            var total = _voters[voter].Total();
            if (total > 0) shares[voter] = _voters[voter].SumOf(item) / total;
        }
        return new(_voters.Situation, shares);
    }
}
