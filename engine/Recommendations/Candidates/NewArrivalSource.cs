using StreamCommerce.Engine.Recommendations.Assortment;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>What came into the catalogue last, the newest first.</summary>
internal sealed class NewArrivalSource(Shelf shelf) : ICandidateSource
{
    // Of the thousand newest, so many are looked at for one answer.
    private const int LookLimit = 256;

    public RecommendationSource Source => RecommendationSource.NewArrivals;

    public int Find(Asked asked, Span<Candidate> found)
    {
        Span<int> newest = stackalloc int[LookLimit];
        newest = newest[..shelf.CopyNewArrivals(newest, asked.Region)];
        var count = 0;
        for (var i = 0; i < newest.Length && count < found.Length; i++)
        {
            // Only the order is known: each a little behind the one before.
            if (!asked.Allows(newest[i])) continue;
            found[count] = new(newest[i], 1f / (1 + count));
            count++;
        }
        return count;
    }
}
