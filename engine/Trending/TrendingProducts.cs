using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Counts;

namespace StreamCommerce.Engine.Trending;

/// <summary>A product and how much it is wanted.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Score">Weighted events, decayed to the time of asking.</param>
public readonly record struct TrendingProduct(Sku Sku, double Score);

/// <summary>
/// Answers for the whole shop from each partition's <see cref="TrendingProjection"/>. The ranking
/// walks all products, so it is made at most once in <see cref="Freshness"/> and shared.
/// </summary>
public sealed class TrendingProducts(CommerceEngine engine, TimeProvider time)
{
    /// <summary>How old a ranking may be: unnoticeable beside a half-life of an hour.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    /// <summary>Products that are ranked.</summary>
    public const int Limit = 1_000;

    private readonly Lock _gate = new();
    private IReadOnlyList<TrendingProduct> _ranking = [];
    private long _rankedAt;
    private bool _isRanked;

    /// <summary>The most wanted products, first to last, at most <see cref="Limit"/>.</summary>
    public IReadOnlyList<TrendingProduct> Read()
    {
        lock (_gate)
        {
            if (!_isRanked || time.GetElapsedTime(_rankedAt) > Freshness)
            {
                _ranking = Rank();
                _rankedAt = time.GetTimestamp();
                _isRanked = true;
            }
            return _ranking;
        }
    }

    private TrendingProduct[] Rank()
    {
        var counts = new Dictionary<Sku, DecayedCount>();
        var latest = DateTimeOffset.MinValue;
        engine.ReadEach<TrendingProjection>((graph, trending) =>
        {
            if (graph.Clock.Latest > latest) latest = graph.Clock.Latest;
            var skus = graph.Products.All;
            for (var product = 0; product < skus.Length; product++)
            {
                var count = trending[product];
                if (double.IsNegativeInfinity(count.Log2)) continue;
                counts[skus[product]] =
                    counts.GetValueOrDefault(skus[product], DecayedCount.None).Plus(count);
            }
        });
        // By the events' own clock, so that a replayed history trends as it did then.
        var now = TrendingProjection.ToHalfLives(latest);
        return [.. counts
            .OrderByDescending(count => count.Value.Log2)
            .ThenBy(count => count.Key.Value, StringComparer.Ordinal)
            .Take(Limit)
            .Select(count => new TrendingProduct(count.Key, count.Value.ValueAt(now)))];
    }
}
