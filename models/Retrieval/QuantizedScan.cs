using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// Scans the items as bytes, the longest factors first, until no later one is long enough. Answers
/// as <see cref="ExactScan"/> does.
/// </summary>
public sealed class QuantizedScan : IItemSearch
{
    private readonly ItemFactors _factors;
    private readonly CodeBlocks _blocks;

    /// <param name="factors">The items.</param>
    /// <param name="threadCount">Threads that make the codes.</param>
    public QuantizedScan(ItemFactors factors, int threadCount = 1)
    {
        _factors = factors;
        var items = Enumerable.Range(0, factors.Count).ToArray();
        var lengths = Array.ConvertAll(items, item => -ItemFactors.LengthOf(factors[item]));
        Array.Sort(lengths, items);
        _blocks = CodeBlocks.Encode(factors, CodeBlocks.Pad(items),
            new ParallelOptions { MaxDegreeOfParallelism = threadCount });
    }

    public int ItemCount => _factors.Count;

    public int Dimensions => _factors.Dimensions;

    public int Search<TFilter>(ReadOnlySpan<float> query, Span<RankedItem> top, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        scoped var best = new BestItems(_factors, query, top);
        if (!best.IsPossible) return 0;
        var codes = new QuantizedQuery(query, stackalloc int[CodeBlocks.GroupsOf(Dimensions)]);
        if (codes.Length == 0) best.TakeFirst(filter);
        else
        {
            for (var block = 0; block < _blocks.Count; block++)
            {
                if (_blocks.ReachOf(block, codes) < best.Floor) break;
                _blocks.Scan(block, codes, ref best, filter);
            }
        }
        return best.Count;
    }
}
