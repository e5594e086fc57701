using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Retrieval;

/// <summary>Scores every item in single precision: what the other searches are measured by.
/// </summary>
public sealed class ExactScan(ItemFactors factors) : IItemSearch
{
    public int ItemCount => factors.Count;

    public int Dimensions => factors.Dimensions;

    public int Search<TFilter>(ReadOnlySpan<float> query, Span<RankedItem> top, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        var best = new BestItems(factors, query, top);
        if (!best.IsPossible) return 0;
        for (var item = 0; item < factors.Count; item++) best.Consider(item, filter);
        return best.Count;
    }
}
