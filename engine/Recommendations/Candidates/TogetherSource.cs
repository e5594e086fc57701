using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>
/// Products that go together with those of the moment, by the cosine of their appearances. A
/// partition holds a random part of the visitors, so its scores are a sample of the shop's, and are
/// added up.
/// </summary>
internal sealed class TogetherSource(CommerceEngine engine, Togetherness kind) : ICandidateSource
{
    // Older interests say little about the next click; all of a cart is wanted.
    private const int SeedLimit = 3;
    private const int CartSeedLimit = 10;
    private const float AgeWeight = 0.7f;

    private readonly Lazy<CoVisitationProjection[]> _partitions = new(() =>
        [.. Enumerable.Range(0, engine.PartitionCount).Select(partition => engine
            .GraphOf(partition).Projections.OfType<CoVisitationProjection>()
            .Single(projection => projection.Kind == kind))]);

    public RecommendationSource Source { get; } = kind == Togetherness.Seen
        ? RecommendationSource.SeenTogether : RecommendationSource.BoughtTogether;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Moment.IsEmpty) return 0;
        var limit = kind == Togetherness.Seen ? SeedLimit : CartSeedLimit;
        var seeds = asked.Moment[Math.Max(0, asked.Moment.Length - limit)..];
        var sums = asked.Sums;
        sums.Clear();
        for (var partition = 0; partition < engine.PartitionCount; partition++)
        {
            var pairs = _partitions.Value[partition];
            using var reading = engine.GraphOf(partition).View.EnterScope();
            var weight = 1f;
            for (var i = seeds.Length - 1; i >= 0; i--)
            {
                pairs.AddTogether(seeds[i].Item, weight, sums, Source);
                weight *= AgeWeight;
            }
        }
        return asked.TakeAllowed(sums, found);
    }
}
