using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>How often each product was shown as a recommendation and clicked on, over all
/// partitions, by its number in <see cref="ItemNumbers"/>: what exploration learns from. The sum
/// is made at most once in <see cref="Freshness"/> and shared. Any thread.</summary>
public sealed class ItemFeedbackCounts(CommerceEngine engine, TimeProvider time)
{
    /// <summary>How old the counts may be: a bandit draws by hundreds of impressions.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private ItemFeedback[] _counts = [];
    private long _countedAt;
    private bool _isCounted;

    /// <summary>The counts, by the products' numbers; products behind the end have none. They do
    /// not change any more; the next call may give others.</summary>
    public ReadOnlyMemory<ItemFeedback> Read()
    {
        lock (_gate)
        {
            if (_isCounted && time.GetElapsedTime(_countedAt) < Freshness) return _counts;
            _countedAt = time.GetTimestamp();
            _isCounted = true;
            return _counts = Count();
        }
    }

    private ItemFeedback[] Count()
    {
        var counts = new ItemFeedback[engine.Items.Count];
        engine.ReadEach<RecommendationMetricsProjection>((graph, metrics) =>
        {
            var feedback = metrics.Items;
            for (var product = 0; product < feedback.Length; product++)
            {
                if (feedback[product] == default) continue;
                var item = graph.Products.ItemOf(product);
                if (item < 0) continue;
                if (item >= counts.Length) Array.Resize(ref counts, item + 1);
                counts[item] += feedback[product];
            }
        });
        return counts;
    }
}
