using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>
/// Products that are seen together with those of the moment, by the cosine of their appearances. A
/// partition holds a random part of the visitors, so its scores are a sample of the shop's, and are
/// added up.
/// </summary>
internal sealed class SeenTogetherSource(CommerceEngine engine) : ICandidateSource
{
    // Older interests say little about the next click.
    private const int SeedLimit = 3;
    private const float AgeWeight = 0.7f;

    private readonly Lazy<CoVisitationProjection[]> _partitions = new(() =>
        [.. Enumerable.Range(0, engine.PartitionCount).Select(partition => engine
            .GraphOf(partition).Projections.OfType<CoVisitationProjection>().Single())]);

    public RecommendationSource Source => RecommendationSource.SeenTogether;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Moment.IsEmpty) return 0;
        var seeds = asked.Moment[Math.Max(0, asked.Moment.Length - SeedLimit)..];
        var sums = asked.Sums;
        sums.Clear();
        for (var partition = 0; partition < engine.PartitionCount; partition++)
        {
            var pairs = _partitions.Value[partition];
            using var reading = engine.GraphOf(partition).View.EnterScope();
            var weight = 1f;
            for (var i = seeds.Length - 1; i >= 0; i--)
            {
                pairs.AddTogether(seeds[i].Item, weight, sums);
                weight *= AgeWeight;
            }
        }
        return asked.TakeAllowed(sums, found);
    }
}
