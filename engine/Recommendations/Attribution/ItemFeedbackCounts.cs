using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>
/// How often each product was shown as a recommendation and clicked on, over all partitions, by
/// its number in <see cref="ItemNumbers"/>: what exploration learns from. The partitions' threads
/// count, any thread reads, and nobody waits. These are sums over all visitors, so there is nothing
/// in them to forget.
/// </summary>
/// <remarks>
/// Both counts of a product are one 64-bit number, added to and read as one, so that clicks never
/// stand beside the impressions of another moment. They lie in pages that stay where they are: only
/// the table of the pages is replaced when it grows, so nothing is added to what is left behind.
/// </remarks>
public sealed class ItemFeedbackCounts
{
    private const int PageLength = 1_024;

    private readonly Lock _growing = new();
    private long[]?[] _pages = [];

    /// <summary>A product's counts; none for one that was never shown.</summary>
    public ItemFeedback this[int item] =>
        PageOf(item) is { } page ? Unpack(Volatile.Read(ref page[item % PageLength])) : default;

    /// <summary>Adds to a product's counts. Neither may become negative, nor pass 2^31.</summary>
    public void Add(int item, ItemFeedback counts) =>
        Interlocked.Add(ref (PageOf(item) ?? MakePage(item))[item % PageLength], Pack(counts));

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

    private long[]? PageOf(int item)
    {
        var pages = Volatile.Read(ref _pages);
        var at = item / PageLength;
        return at < pages.Length ? Volatile.Read(ref pages[at]) : null;
    }

    private long[] MakePage(int item)
    {
        lock (_growing)
        {
            var at = item / PageLength;
            if (at >= _pages.Length)
            {
                var larger = new long[]?[Math.Max(at + 1, 2 * _pages.Length)];
                _pages.CopyTo(larger, 0);
                Volatile.Write(ref _pages, larger);
            }
            if (_pages[at] is { } page) return page;
            page = new long[PageLength];
            Volatile.Write(ref _pages[at], page);
            return page;
        }
    }
}
