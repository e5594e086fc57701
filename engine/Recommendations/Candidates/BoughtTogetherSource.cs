namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>
/// What is bought along with the products on the screen and in the cart: the scores of each, added
/// up, so that what goes with two of them comes before what goes with one.
/// </summary>
internal sealed class BoughtTogetherSource(BoughtTogetherProducts products) : ICandidateSource
{
    // A cart of more is a weekly shopping: what was added last says what is being cooked.
    private const int SeedLimit = 10;
    private const int NeighbourLimit = 100;

    public RecommendationSource Source => RecommendationSource.BoughtTogether;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Moment.IsEmpty) return 0;
        var sums = asked.Sums;
        sums.Clear();
        foreach (var seed in asked.Moment[Math.Max(0, asked.Moment.Length - SeedLimit)..])
            foreach (var other in products.Read(seed.Item, NeighbourLimit))
                sums.Add(other.Item, (float)other.Score, seed.Item, Source);
        return asked.TakeAllowed(sums, found);
    }
}
