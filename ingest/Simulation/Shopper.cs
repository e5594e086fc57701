using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>A visitor's lasting traits. Immutable.</summary>
/// <param name="Number">The visitor's number in the run, from 0.</param>
/// <param name="Visitor">His id.</param>
/// <param name="Account">His customer account, which he may or may not sign in to.</param>
/// <param name="Region">A country's code.</param>
/// <param name="Channel">How he comes.</param>
/// <param name="Favourite">The category that he likes best.</param>
/// <param name="Taste">What he likes: a unit vector.</param>
internal sealed record Shopper(
    long Number, VisitorId Visitor, CustomerId? Account, string Region, string Channel,
    int Favourite, float[] Taste)
{
    /// <summary>Running sums of how much each category draws him; the last one is all.</summary>
    public required double[] CategorySums { get; init; }

    public int DrawCategory(SeededRandom random)
    {
        var at = random.NextDouble() * CategorySums[^1];
        var category = 0;
        while (category < CategorySums.Length - 1 && CategorySums[category] <= at) category++;
        return category;
    }
}
