using StreamCommerce.Models.Neighbours;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>What followed the last clicks in other visits: sequential rules. <see
/// cref="SessionSource"/> counts them among others; alone they are for comparison.</summary>
internal sealed class RuleSource(ShopSessions sessions) : ICandidateSource
{
    // Clicks further back say little about the next one.
    private const int ClickLimit = 3;
    private const float AgeWeight = 0.3f;

    public RecommendationSource Source => RecommendationSource.SequentialRules;

    public int Find(Asked asked, Span<Candidate> found)
    {
        var moment = asked.Moment;
        var sums = asked.Sums;
        var rules = sessions.Knowledge.Following;
        sums.Clear();
        Span<Neighbour> followers = stackalloc Neighbour[rules.FollowerLimit];
        var weight = 1.0;
        for (var i = moment.Length - 1; i >= Math.Max(0, moment.Length - ClickLimit); i--)
        {
            var item = moment[i].Item;
            var total = rules.TotalOf(item);
            foreach (var (follower, part) in followers[..rules.CopyTo(item, followers)])
                if (part > 0) sums.Add(follower, (float)(weight * part / total), item, Source);
            weight *= AgeWeight;
        }
        return asked.TakeAllowed(sums, found);
    }
}
