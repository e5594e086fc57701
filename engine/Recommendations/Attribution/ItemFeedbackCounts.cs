using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations.Assortment;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>
/// How often each product was shown as a recommendation and clicked on, over all partitions, by
/// its number in <see cref="ItemNumbers"/>: what exploration learns from. The partitions' threads
/// count, any thread reads, and nobody waits. These are sums over all visitors, so there is nothing
/// in them to forget.
/// </summary>
/// <remarks>
/// Both counts of a product are one 64-bit number, added to and read as one, so that clicks never
/// stand beside the impressions of another moment.
/// </remarks>
public sealed class ItemFeedbackCounts
{
    private readonly ItemColumn<long> _counts = new();

    /// <summary>A product's counts; none for one that was never shown.</summary>
    public ItemFeedback this[int item] => Unpack(_counts[item]);

    /// <summary>Adds to a product's counts. Neither may become negative, nor pass 2^31.</summary>
    public void Add(int item, ItemFeedback counts) =>
        Interlocked.Add(ref _counts.At(item), Pack(counts));

    /// <summary>Takes in what the partitions have loaded, and has them add what comes. Before any
    /// of them handles an event, and once.</summary>
    public void Attach(IEnumerable<PartitionGraph> graphs)
    {
        foreach (var graph in graphs)
        {
            foreach (var metrics in graph.Projections.OfType<RecommendationMetricsProjection>())
                metrics.Attach(this, graph.Products);
        }
    }

    private static long Pack(ItemFeedback counts) =>
        ((long)counts.Impressions << 32) + counts.Clicks;

    private static ItemFeedback Unpack(long packed) => new((int)(packed >> 32), (int)packed);
}
