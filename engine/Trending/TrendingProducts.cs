using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Counts;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Engine.Trending;

/// <summary>A product and how much it is wanted.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Score">Weighted events, decayed to the time of asking.</param>
public readonly record struct TrendingProduct(Sku Sku, double Score);

/// <summary>
/// Answers for the whole shop from each partition's <see cref="TrendingProjection"/>, without
/// waiting for any of them. The ranking walks all products, so it is made now and then by one who
/// asks, while all others are given the one before. Any thread, once the engine has loaded.
/// </summary>
public sealed class TrendingProducts(CommerceEngine engine, TimeProvider time)
{
    /// <summary>How old a ranking may be: unnoticeable beside a half-life of an hour.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    /// <summary>Products that are ranked.</summary>
    public const int Limit = 1_000;

    // A ranking may take a twentieth of a core: with a million products it is made less often.
    private const int RestFactor = 20;

    private readonly Lock _gate = new();
    private readonly Lazy<TrendingProjection[]> _partitions = new(() =>
        [.. Enumerable.Range(0, engine.PartitionCount).Select(partition => engine
            .GraphOf(partition).Projections.OfType<TrendingProjection>().Single())]);
    private volatile TrendingRanking? _ranking;
    private TimeSpan _keep;
    private long _rankedAt;

    /// <summary>How much each product is wanted.</summary>
    public TrendingRanking Current
    {
        get
        {
            if (_ranking is not { } first)
            {
                // There is nothing older to give to those who come meanwhile.
                lock (_gate) return _ranking ??= Rank();
            }
            if (time.GetElapsedTime(Volatile.Read(ref _rankedAt)) <= _keep || !_gate.TryEnter())
                return first;
            try
            {
                return _ranking = Rank();
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    /// <summary>The most wanted products, first to last, at most <see cref="Limit"/>.</summary>
    public IReadOnlyList<TrendingProduct> Read()
    {
        var top = Current.Top.Span;
        var products = new TrendingProduct[top.Length];
        for (var i = 0; i < top.Length; i++)
            products[i] = new(engine.Items[top[i].Item], double.Exp2(top[i].Score));
        return products;
    }

    private TrendingRanking Rank()
    {
        var from = time.GetTimestamp();
        var sums = Sum(out var latest);
        // By the events' own clock, so that a replayed history trends as it did then.
        var now = TrendingProjection.ToHalfLives(latest);
        var levels = new float[sums.Length];
        for (var item = 0; item < levels.Length; item++)
            levels[item] = (float)(sums[item].Log2 - now);
        var top = new RankedItem[Math.Min(Limit, levels.Length)];
        var count = TopItems.Select(levels, top);
        Volatile.Write(ref _rankedAt, time.GetTimestamp());
        var rest = RestFactor * time.GetElapsedTime(from);
        _keep = rest > Freshness ? rest : Freshness;
        return new(levels, top.AsMemory(0, count), latest.UtcTicks);
    }

    private DecayedCount[] Sum(out DateTimeOffset latest)
    {
        var sums = new DecayedCount[engine.Items.Count];
        Array.Fill(sums, DecayedCount.None);
        latest = DateTimeOffset.MinValue;
        for (var partition = 0; partition < engine.PartitionCount; partition++)
        {
            var graph = engine.GraphOf(partition);
            if (graph.Clock.Latest > latest) latest = graph.Clock.Latest;
            var counts = _partitions.Value[partition].All;
            for (var product = 0; product < counts.Length; product++)
            {
                if (double.IsNegativeInfinity(counts[product].Log2)) continue;
                var item = graph.Products.ItemOf(product);
                // A number that was given since: with the next ranking.
                if ((uint)item < (uint)sums.Length) sums[item] = sums[item].Plus(counts[product]);
            }
        }
        return sums;
    }
}
