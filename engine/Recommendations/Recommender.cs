using System.Collections.Concurrent;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Ranking;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Answers what a storefront asks for: candidates from several sources, one list, the rules of the
/// shop, variety, and a reason for each product. Reads the state of this moment, so a click of a
/// second ago counts and what is sold out does not appear. Somebody of whom nothing is known, and a
/// product that nobody has touched, are ordinary cases.
/// </summary>
/// <remarks>
/// Any thread, once the engine has loaded; nothing in it waits. The same request and state give the
/// same products: what is left to chance is drawn from a hash of both.
/// </remarks>
public sealed class Recommender
{
    // Beyond the page: what variety may choose from, and what others give to the same product.
    private const int SpareCandidates = 60;

    private readonly ItemNumbers _items;
    private readonly Shelf _shelf;
    private readonly VisitorHistories _histories;
    private readonly ICandidateSource[] _sources;
    private readonly ExperimentBooks _experiments;
    private readonly AnswerIds _ids;
    private readonly ConcurrentBag<Work> _idle = [];

    /// <param name="engine">What happened in the shop.</param>
    /// <param name="shelf">What can be sold, and what the catalogue says.</param>
    /// <param name="trending">What many want.</param>
    /// <param name="experiments">What is different for some visitors.</param>
    /// <param name="ids">Names the answers.</param>
    public Recommender(
        CommerceEngine engine, Shelf shelf, TrendingProducts trending,
        ExperimentBooks experiments, AnswerIds ids)
    {
        (_items, _shelf, _experiments, _ids) = (engine.Items, shelf, experiments, ids);
        _histories = new VisitorHistories(engine);
        _sources =
        [
            new SessionSource(engine.Sessions),
            new RuleSource(engine.Sessions),
            new SeenTogetherSource(engine),
            new BoughtTogetherSource(new(engine)),
            new TrendingSource(trending),
            new NewArrivalSource(shelf),
        ];
    }

    /// <summary>The work space of one request at a time.</summary>
    private sealed class Work(ItemNumbers items, Shelf shelf)
    {
        public Asked Asked { get; } = new(items, shelf);

        public CandidateTable Table { get; } = new();

        public Candidate[] Found { get; } =
            new Candidate[RecommendationRequest.CountLimit + SpareCandidates];

        public ScoredItem[] Ranked { get; } =
            new ScoredItem[RecommendationRequest.CountLimit + SpareCandidates];

        public float[] Most { get; } =
            new float[RecommendationRequest.CountLimit + SpareCandidates];
    }

    /// <summary>What to show, best first; fewer than asked for only where there is no more.
    /// </summary>
    public RecommendationAnswer Recommend(RecommendationRequest request)
    {
        if (!_idle.TryTake(out var work)) work = new Work(_items, _shelf);
        try
        {
            var assignment = request.Visitor is { } visitor
                ? _experiments.For(visitor) : Assignment.None;
            var options = RankingOptions.For(request.Placement).With(assignment.Overrides);
            work.Asked.Begin(request, _histories);
            Collect(work, options);
            var wanted = Math.Min(request.Count + SpareCandidates, work.Ranked.Length);
            var ranked = work.Ranked.AsSpan(0, work.Table.Top(work.Ranked.AsSpan(0, wanted)));
            var count = DiverseChoice.Choose(
                ranked, request.Count, options.Diversity, new ShelfLikeness(_shelf), work.Most);
            return Answer(work.Asked, assignment, ranked[..count]);
        }
        finally
        {
            _idle.Add(work);
        }
    }

    private void Collect(Work work, RankingOptions options)
    {
        work.Table.Clear();
        foreach (var source in _sources)
        {
            var weight = options[source.Source];
            if (!(weight > 0)) continue;
            var wanted = work.Asked.Request.Count + SpareCandidates;
            var found = work.Found.AsSpan(
                0, source.Find(work.Asked, work.Found.AsSpan(0, wanted)));
            if (found.IsEmpty || !(found[0].Score > 0)) continue;
            var scale = weight / found[0].Score;
            foreach (ref readonly var candidate in found)
            {
                work.Table.Add(
                    candidate.Item, scale * candidate.Score, candidate.Because, source.Source);
            }
        }
    }

    private RecommendationAnswer Answer(
        Asked asked, Assignment assignment, ReadOnlySpan<ScoredItem> chosen)
    {
        Span<AnsweredItem> answered = new AnsweredItem[chosen.Length];
        var products = new Recommendation[chosen.Length];
        for (var i = 0; i < products.Length; i++)
        {
            ref readonly var scored = ref chosen[i];
            var because = scored.Because;
            products[i] = new(
                _items[scored.Item], _shelf.Find(scored.Item)?.Title, scored.Score, scored.Source,
                Reasons.Of(asked, scored.Source, because), because < 0 ? null : _items[because],
                because < 0 ? null : _shelf.Find(because)?.Title);
            answered[i] = new(products[i].Sku, scored.Source);
        }
        // A page that is not full is the last one.
        var next = products.Length < asked.Request.Count
            ? null : asked.Request.After.Next(products);
        // Without a visitor there is nobody whose events could be credited.
        var id = _ids.New(asked.Request.Visitor ?? new VisitorId(""), assignment, answered);
        return new(id, products, next);
    }
}
