using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>How often each product was shown as a recommendation and clicked on, over all
/// partitions, by its number in <see cref="ItemNumbers"/>: what exploration learns from. The sum
/// is made about once in <see cref="Freshness"/> by one who asks, who waits for the partitions; all
/// others are given the one before meanwhile. Any thread.</summary>
public sealed class ItemFeedbackCounts(CommerceEngine engine, TimeProvider time)
{
    /// <summary>How old the counts may be: a bandit draws by hundreds of impressions.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Counted? _counted;

    private sealed record Counted(ItemFeedback[] Counts, long At);

    /// <summary>The counts, by the products' numbers; products behind the end have none. They do
    /// not change any more; the next call may give others.</summary>
    public ReadOnlyMemory<ItemFeedback> Read()
    {
        var counted = _counted;
        if (counted is not null)
        {
            if (time.GetElapsedTime(counted.At) < Freshness || !_gate.TryEnter())
                return counted.Counts;
        }
        else
        {
            // There is nothing older to give to those who come meanwhile.
            _gate.Enter();
        }
        try
        {
            if (_counted is { } other && other != counted) return other.Counts;
            var at = time.GetTimestamp();
            return (_counted = new Counted(Count(), at)).Counts;
        }
        finally
        {
            _gate.Exit();
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
