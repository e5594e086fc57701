namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>Products that are bought in one order with those of the moment.</summary>
internal sealed class BoughtTogetherSource(BoughtTogetherProducts bought) : ICandidateSource
{
    // All of a cart is wanted; of what was looked at, the last.
    private const int CartSeedLimit = 10;
    private const int SeedLimit = 3;
    private const float AgeWeight = 0.7f;

    public RecommendationSource Source => RecommendationSource.BoughtTogether;

    public int Find(Asked asked, Span<Candidate> found)
    {
        asked.Sums.Clear();
        var weight = 1f;
        var limit = asked.Context.IsEmpty ? SeedLimit : CartSeedLimit;
        var seeds = asked.Moment[Math.Max(0, asked.Moment.Length - limit)..];
        for (var i = seeds.Length - 1; i >= 0; i--)
        {
            bought.AddTogether(seeds[i].Item, weight, asked.Pairs, asked.Sums);
            weight *= AgeWeight;
        }
        return asked.TakeAllowed(asked.Sums, found);
    }
}
