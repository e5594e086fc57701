using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// Finds the items whose factors have the highest inner product with a query's. Any number of
/// threads may ask at once; nothing is allocated.
/// </summary>
/// <remarks>
/// The contract, which one suite checks against every search:
/// <list type="bullet">
/// <item>An answer is sorted as <see cref="TopItems"/> sorts, so it depends on factors, query and
/// filter alone, and its scores are the float inner products, however the items were found.</item>
/// <item>There are as many as are asked for, or all that the filter allows where they are fewer.
/// </item>
/// <item>A query of zeros scores every item 0, so the lowest numbers are found; one that is not
/// finite, or longer than 10¹⁹, finds nothing.</item>
/// </list>
/// </remarks>
public interface IItemSearch
{
    /// <summary>Items, numbered from 0.</summary>
    int ItemCount { get; }

    /// <summary>Numbers of a factor.</summary>
    int Dimensions { get; }

    /// <summary>Finds the best items that a filter allows.</summary>
    /// <param name="query"><see cref="Dimensions"/> numbers.</param>
    /// <param name="top">Filled with the best, best first.</param>
    /// <param name="filter">Asked for few items, those that may enter the answer.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query is of another length.</exception>
    int Search<TFilter>(ReadOnlySpan<float> query, Span<RankedItem> top, TFilter filter)
        where TFilter : IItemFilter, allows ref struct;
}

/// <summary>Searches without a filter.</summary>
public static class UnfilteredSearch
{
    /// <summary>Finds the best of all items.</summary>
    /// <inheritdoc cref="IItemSearch.Search"/>
    public static int Search(
        this IItemSearch search, ReadOnlySpan<float> query, Span<RankedItem> top) =>
        search.Search(query, top, default(AllItems));
}

/// <summary>Which items may be found. A value type, so that asking is no call.</summary>
public interface IItemFilter
{
    bool Allows(int item);
}

/// <summary>Allows every item.</summary>
public readonly struct AllItems : IItemFilter
{
    public bool Allows(int item) => true;
}

/// <summary>Allows the items whose bit is set; those behind the last word are not.</summary>
/// <param name="words">Item i is bit <c>i % 64</c> of word <c>i / 64</c>.</param>
public readonly ref struct ItemBits(ReadOnlySpan<ulong> words) : IItemFilter
{
    private readonly ReadOnlySpan<ulong> _words = words;

    public bool Allows(int item) =>
        (uint)(item >> 6) < (uint)_words.Length && (_words[item >> 6] >> (item & 63) & 1) != 0;
}
