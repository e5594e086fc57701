using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>A product for a visitor, and why.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Score">Comparable within one answer only; falls from first to last.</param>
/// <param name="Because">The product that led to it; null where it is just trending.</param>
public sealed record Recommendation(Sku Sku, double Score, Sku? Because);

/// <summary>
/// First recommendations: products seen together with what the visitor looked at last, then what
/// is trending. Reads the state of this moment, so a click of a second ago counts.
/// </summary>
public sealed class Recommender(CommerceEngine engine, TrendingProducts trending)
{
    // Older interests say little about the next click.
    private const int SeedLimit = 10;
    private const double AgeWeight = 0.8;

    private readonly record struct Seed(Sku Sku, double Weight);

    /// <summary>What a visitor may want next, best first; what is trending for one that is not
    /// known. All there is, a few thousand products at most: the caller takes what can be sold
    /// until it has enough. Each is there once.</summary>
    public IEnumerable<Recommendation> Recommend(VisitorId visitor)
    {
        var (seeds, bought) = ReadProfile(visitor);
        var seen = seeds.Select(seed => seed.Sku).Concat(bought).ToHashSet();
        return Fill(Rank(seeds), seen);
    }

    /// <summary>Products seen together with one, best first, all of them.</summary>
    public IEnumerable<Recommendation> Similar(Sku sku) =>
        Rank([new Seed(sku, 1)]).Where(r => r.Sku != sku);

    private (List<Seed> Seeds, HashSet<Sku> Bought) ReadProfile(VisitorId visitor) =>
        engine.Read<ProfileProjection, (List<Seed>, HashSet<Sku>)>(visitor, (graph, profiles) =>
        {
            var seeds = new List<Seed>();
            var bought = new HashSet<Sku>();
            var known = new HashSet<int>();
            var interactions = profiles[graph.Visitors.Find(visitor)];
            for (var i = interactions.Length - 1; i >= 0; i--)
            {
                var (_, product, name) = interactions[i];
                if (name == EventName.Purchase) bought.Add(graph.Products[product]);
                if (seeds.Count < SeedLimit && known.Add(product))
                    seeds.Add(new(graph.Products[product], Math.Pow(AgeWeight, seeds.Count)));
            }
            return (seeds, bought);
        });

    /// <summary>
    /// Scores products by the cosine of their appearances with each seed's. A partition holds a
    /// random part of the visitors, so its scores are a sample of the shop's, and are added up.
    /// </summary>
    private List<Recommendation> Rank(IReadOnlyList<Seed> seeds)
    {
        var scores = new Dictionary<Sku, (double Sum, double Best, Sku Because)>();
        if (seeds.Count == 0) return [];
        engine.ReadEach<CoVisitationProjection>((graph, coVisitation) =>
        {
            foreach (var seed in seeds)
            {
                var from = graph.Products.Find(seed.Sku);
                if (from < 0) continue;
                var fromTotal = coVisitation.Index.TotalOf(from);
                foreach (var (item, weight) in coVisitation.Index.Of(from))
                {
                    var part = seed.Weight * weight
                        / Math.Sqrt(fromTotal * coVisitation.Index.TotalOf(item));
                    var score = scores.GetValueOrDefault(graph.Products[item]);
                    scores[graph.Products[item]] = part > score.Best
                        ? (score.Sum + part, part, seed.Sku)
                        : (score.Sum + part, score.Best, score.Because);
                }
            }
        });
        return [.. scores
            .OrderByDescending(score => score.Value.Sum)
            .ThenBy(score => score.Key.Value, StringComparer.Ordinal)
            .Select(score => new Recommendation(
                score.Key, score.Value.Sum, score.Value.Because))];
    }

    // The seen ones are left out, and each that was given joins them.
    private IEnumerable<Recommendation> Fill(List<Recommendation> ranked, HashSet<Sku> seen)
    {
        // Below every personal score, in their own order.
        var floor = 1.0;
        foreach (var recommendation in ranked)
        {
            if (!seen.Add(recommendation.Sku)) continue;
            floor = recommendation.Score;
            yield return recommendation;
        }
        foreach (var product in trending.Read())
        {
            if (seen.Add(product.Sku)) yield return new(product.Sku, floor *= 0.99, null);
        }
    }
}
