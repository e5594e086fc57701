namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>What is bought in one order with the product on the screen and those of the cart.
/// </summary>
internal sealed class BoughtTogetherSource(BoughtTogetherProducts bought) : ICandidateSource
{
    // A cart is completed by what goes with any of it; more of it say the same again.
    private const int SeedLimit = 5;

    public RecommendationSource Source => RecommendationSource.BoughtTogether;

    public int Find(Asked asked, Span<Candidate> found)
    {
        var seeds = asked.Context;
        if (seeds.IsEmpty) return 0;
        var sums = asked.Sums;
        sums.Clear();
        for (var i = seeds.Length - 1; i >= Math.Max(0, seeds.Length - SeedLimit); i--)
        {
            foreach (var product in bought.Read(seeds[i], found.Length))
                sums.Add(product.Item, (float)product.Score, seeds[i], Source);
        }
        return asked.TakeAllowed(sums, found);
    }
}
