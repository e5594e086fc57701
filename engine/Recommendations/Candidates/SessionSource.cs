using System.Collections.Concurrent;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>The moment: what those did whose visits were like this one, and what followed the last
/// clicks in all visits, blended.</summary>
internal sealed class SessionSource(ShopSessions sessions) : ICandidateSource
{
    // A smaller sample than the best on public data: half of its time, a hundredth of its hits.
    private static readonly SessionBlendOptions Options = new()
    {
        Neighbours = new() { ItemLimit = 8, SampleSize = 500, NeighbourCount = 100 },
    };

    private readonly ConcurrentBag<SessionBlendSearch> _idle = [];

    public RecommendationSource Source => RecommendationSource.Sessions;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Moment.IsEmpty) return 0;
        if (!_idle.TryTake(out var search)) search = new SessionBlendSearch(Options);
        try
        {
            // Some will not be allowed, those of this visit first of all.
            Span<SessionCandidate> best = stackalloc SessionCandidate[2 * found.Length];
            best = best[..search.Find(
                sessions.Knowledge, SessionBlendWeights.Default, asked.Moment, best)];
            var count = 0;
            for (var i = 0; i < best.Length && count < found.Length; i++)
            {
                if (asked.Allows(best[i].Item))
                    found[count++] = new(best[i].Item, best[i].Score, best[i].Cause);
            }
            return count;
        }
        finally
        {
            _idle.Add(search);
        }
    }
}
