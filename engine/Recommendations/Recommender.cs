using System.Collections.Concurrent;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Ranking;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Answers what a storefront asks for: candidates from several sources, one list, the rules of the
/// shop, variety, and a reason for each product. Reads the state of this moment, so a click of a
/// second ago counts and what is sold out does not appear. Somebody of whom nothing is known, and a
/// product that nobody has touched, are ordinary cases.
/// </summary>
/// <remarks>
/// Any thread, once the engine has loaded; nothing in it waits, but for a moment
/// (<see cref="StoredHistories"/>) where nothing is known of a visitor. The same request and state
/// give the same products: what is left to chance is drawn from a hash of both.
/// </remarks>
public sealed class Recommender
{
    // Beyond the page: what variety may choose from, and what others give to the same product.
    private const int SpareCandidates = 20;

    // A boost lifts what lies so far behind the page, too.
    private const int BoostedCandidates = 200;
    private const int ListLimit = RecommendationRequest.CountLimit + BoostedCandidates;

    private readonly RecommenderParts _parts;
    private readonly VisitorHistories _histories;
    private readonly ICandidateSource[] _sources;
    private readonly ConcurrentBag<Work> _idle = [];

    /// <param name="parts">What is known of the shop.</param>
    public Recommender(RecommenderParts parts)
    {
        _parts = parts;
        _histories = new VisitorHistories(parts.Engine);
        _sources =
        [
            new SessionSource(parts.Engine.Sessions),
            new RuleSource(parts.Engine.Sessions),
            new FactorSource(),
            new ModelNeighbourSource(),
            new SimilarSource(),
            new BoughtTogetherSource(parts.BoughtTogether),
            // Those that fill up come last.
            new SeenTogetherSource(parts.Engine),
            new TrendingSource(parts.Trending),
            new NewArrivalSource(parts.Shelf),
        ];
    }

    /// <summary>Who can propose products.</summary>
    internal IEnumerable<RecommendationSource> Sources => _sources.Select(one => one.Source);

    /// <summary>The work space of one request at a time.</summary>
    private sealed class Work(RecommenderParts parts)
    {
        public Asked Asked { get; } = new(parts.Engine.Items, parts.Shelf);

        public CandidateTable Table { get; } = new();

        public Candidate[] Found { get; } = new Candidate[ListLimit];

        public ScoredItem[] Ranked { get; } = new ScoredItem[ListLimit];

        public Contender[] Contenders { get; } = new Contender[ListLimit];

        public ProductLikeness Likeness { get; } = new(parts.Shelf);

        public AnsweredItem[] Answered { get; } =
            new AnsweredItem[RecommendationRequest.CountLimit];
    }

    /// <summary>What to show, best first; fewer than asked for only where there is no more. Of a
    /// visitor whom the engine knows nothing of, the store is asked first.</summary>
    public ValueTask<RecommendationAnswer> RecommendAsync(
        RecommendationRequest request, CancellationToken ct) =>
        _parts.Stored is { } stored && request.Visitor is { } visitor
            && !_histories.HasAny(visitor)
            ? RecommendAsync(request, stored.FindAsync(visitor, ct))
            : new(Recommend(request));

    /// <summary>What to show to whom the engine knows, or nobody knows.</summary>
    public RecommendationAnswer Recommend(RecommendationRequest request) =>
        Recommend(request, []);

    private async ValueTask<RecommendationAnswer> RecommendAsync(
        RecommendationRequest request,
        ValueTask<IReadOnlyList<ProductInteraction>> finding) =>
        Recommend(request, await finding);

    private RecommendationAnswer Recommend(
        RecommendationRequest request, IReadOnlyList<ProductInteraction> stored)
    {
        var assignment = request.Visitor is { } visitor
            ? _parts.Experiments.For(visitor, request.Placement) : Assignment.None;
        var options = RankingOptions.For(request.Placement).With(assignment.Overrides);
        using var lease = _parts.Models.Acquire();
        if (!_idle.TryTake(out var work)) work = new Work(_parts);
        try
        {
            var asked = work.Asked;
            asked.Begin(
                request, _histories, stored, options.UsesModel ? lease.Value : null,
                _parts.Merchandising.Now,
                // To rank what trends takes a walk over all products: only where it is asked for.
                request.Visitor is null ? _parts.Trending.Current.Ticks : 0);
            Collect(work, options);
            Adjust(work);
            var count = Choose(work, options);
            return Answer(work, assignment, work.Ranked.AsSpan(0, count));
        }
        finally
        {
            work.Asked.End();
            _idle.Add(work);
        }
    }

    private void Collect(Work work, RankingOptions options)
    {
        work.Table.Clear();
        var wanted = work.Asked.Request.Count
            + (work.Asked.Merchandise.HasBoosts ? BoostedCandidates : SpareCandidates);
        foreach (var source in _sources)
        {
            var weight = options[source.Source];
            if (!(weight > 0)) continue;
            if (weight < RankingOptions.FillWeight && work.Table.Count >= wanted) continue;
            var found = work.Found.AsSpan(
                0, source.Find(work.Asked, work.Found.AsSpan(0, wanted)));
            if (found.IsEmpty || !(found[0].Score > 0)) continue;
            // Divided first: a best score may be too small for its inverse to be a number.
            var best = found[0].Score;
            foreach (ref readonly var candidate in found)
            {
                work.Table.Add(candidate.Item, weight * (candidate.Score / best),
                    candidate.Because, source.Source);
            }
        }
    }

    /// <summary>What merchants push or hold back, and what was shown in vain.</summary>
    private static void Adjust(Work work)
    {
        var asked = work.Asked;
        if (asked.Merchandise.HasBoosts)
        {
            foreach (ref var scored in work.Table.Items)
                scored.Score *= asked.Merchandise.BoostOf(scored.Item);
        }
        foreach (var (item, factor) in asked.Sinking) work.Table.Scale(item, factor);
    }

    private int Choose(Work work, RankingOptions options)
    {
        var asked = work.Asked;
        var wanted = asked.Request.Count;
        var ranked = work.Ranked.AsSpan(
            0, work.Table.Top(work.Ranked.AsSpan(0, wanted + SpareCandidates)));
        if (options.Diversity > 0) work.Likeness.Take(ranked, asked.Model);
        var count = DiverseChoice.Choose(
            ranked, wanted, options.Diversity, work.Likeness, work.Contenders);
        var draws = new SeededDraws(asked.Seed);
        var places = Exploration.PlacesOf(options.Exploration, wanted, ref draws);
        if (places > 0)
        {
            count = Exploration.Explore(
                asked, _parts.Shelf, _parts.Engine.Feedback, work.Ranked.AsSpan(0, wanted),
                count, places, ref draws);
        }
        return Pins.Put(asked, work.Ranked.AsSpan(0, wanted), count);
    }

    private RecommendationAnswer Answer(
        Work work, Assignment assignment, ReadOnlySpan<ScoredItem> chosen)
    {
        var (asked, items, shelf) = (work.Asked, _parts.Engine.Items, _parts.Shelf);
        var answered = work.Answered.AsSpan(0, chosen.Length);
        var products = new Recommendation[chosen.Length];
        for (var i = 0; i < products.Length; i++)
        {
            ref readonly var scored = ref chosen[i];
            var because = Reasons.BecauseOf(asked, scored);
            var sku = items[scored.Item];
            products[i] = new(
                sku, shelf.Find(scored.Item)?.Title, scored.Score, scored.Source,
                Reasons.Of(asked, scored.Source, because), because < 0 ? null : items[because],
                because < 0 ? null : shelf.Find(because)?.Title);
            answered[i] = new(sku, scored.Source);
        }
        // A page that is not full is the last one.
        var next = products.Length < asked.Request.Count
            ? null : asked.Request.After.Next(products);
        var id = _parts.Ids.New(asked.Request.Visitor, assignment, answered);
        return new(id, products, next);
    }
}
