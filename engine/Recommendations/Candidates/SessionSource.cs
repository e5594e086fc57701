using System.Collections.Concurrent;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>The moment: what those did whose visits were like this one, and what followed the last
/// clicks in all visits, blended.</summary>
internal sealed class SessionSource(ShopSessions sessions) : ICandidateSource
{
    private readonly ConcurrentBag<SessionBlendSearch> _idle = [];

    public RecommendationSource Source => RecommendationSource.Sessions;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Moment.IsEmpty) return 0;
        if (!_idle.TryTake(out var search)) search = new(ShopSessions.BlendOptions);
        try
        {
            Span<SessionCandidate> best = stackalloc SessionCandidate[found.Length];
            var count = search.Find(sessions.Knowledge, sessions.Weights, asked.Moment, best,
                new AllowedHere(asked));
            for (var i = 0; i < count; i++)
                found[i] = new(best[i].Item, best[i].Score, best[i].Cause);
            return count;
        }
        finally
        {
            _idle.Add(search);
        }
    }
}
