using System.Numerics;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>A product in a table, and what speaks for it.</summary>
internal struct ScoredItem
{
    /// <summary>Its number in the shop.</summary>
    public int Item;

    /// <summary>Sum of all that speaks for it.</summary>
    public float Score;

    /// <summary>The largest part of the sum.</summary>
    public float Largest;

    /// <summary>The product that the largest part comes from; -1 where none did.</summary>
    public int Because;

    /// <summary>Who gave the largest part.</summary>
    public RecommendationSource Source;

    /// <summary>Whether it stands before another; equal ones go by the lower number, so that an
    /// answer does not depend on who found them first.</summary>
    public readonly bool IsBefore(in ScoredItem other) =>
        Score > other.Score || (Score == other.Score && Item < other.Item);
}

/// <summary>
/// Adds up what speaks for each of some thousand products out of millions: a dense list, found
/// through an open-addressing table that is cleared by counting on a stamp. To be used again and
/// again: it allocates only to become larger than ever before. One thread at a time.
/// </summary>
internal sealed class CandidateTable
{
    private ScoredItem[] _items = new ScoredItem[512];
    private int[] _places = new int[1024];
    private uint[] _stamps = new uint[1024];
    private uint _stamp = 1;

    public int Count { get; private set; }

    /// <summary>All products, in the order of their first parts; scores may be changed in place.
    /// </summary>
    public Span<ScoredItem> Items => _items.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        if (++_stamp != 0) return;
        // Once in four billion times: stamps of long ago would be taken for today's.
        Array.Clear(_stamps);
        _stamp = 1;
    }

    /// <summary>Adds a part to a product's sum.</summary>
    /// <param name="item">The product.</param>
    /// <param name="part">Finite, not negative.</param>
    /// <param name="because">What it comes from; -1 for nothing.</param>
    /// <param name="source">Who gives it.</param>
    public void Add(int item, float part, int because, RecommendationSource source)
    {
        var at = Find(item);
        if (_stamps[at] != _stamp)
        {
            if (Count == _items.Length)
            {
                Grow();
                at = Find(item);
            }
            (_stamps[at], _places[at]) = (_stamp, Count);
            _items[Count++] = new()
            {
                Item = item,
                Score = part,
                Largest = part,
                Because = because,
                Source = source,
            };
            return;
        }
        ref var scored = ref _items[_places[at]];
        scored.Score += part;
        if (part <= scored.Largest) return;
        (scored.Largest, scored.Because, scored.Source) = (part, because, source);
    }

    /// <summary>Multiplies a product's sum; nothing where it is not in the table.</summary>
    public void Scale(int item, float factor)
    {
        var at = Find(item);
        if (_stamps[at] == _stamp) _items[_places[at]].Score *= factor;
    }

    /// <inheritdoc cref="Top{TFilter}"/>
    public int Top(Span<ScoredItem> top) => Top(top, default(AllItems));

    /// <summary>Fills a list with the products of the highest sums, best first.</summary>
    /// <param name="top">The list.</param>
    /// <param name="filter">Asked for those that may enter the list, not for all.</param>
    /// <returns>How many there are.</returns>
    public int Top<TFilter>(Span<ScoredItem> top, TFilter filter)
        where TFilter : IItemFilter
    {
        var count = 0;
        foreach (ref readonly var item in Items)
        {
            var isFull = count == top.Length;
            if (isFull && (count == 0 || !item.IsBefore(top[count - 1]))) continue;
            if (!filter.Allows(item.Item)) continue;
            if (isFull) count--;
            // Lists are short: shifting beats a heap.
            var at = count++;
            for (; at > 0 && item.IsBefore(top[at - 1]); at--) top[at] = top[at - 1];
            top[at] = item;
        }
        return count;
    }

    private int Find(int item)
    {
        var mask = _places.Length - 1;
        // Fibonacci hashing: neighbouring numbers are spread over the table.
        var at = (int)((uint)item * 2_654_435_769u >> (32 - BitOperations.Log2((uint)mask + 1)));
        while (_stamps[at] == _stamp && _items[_places[at]].Item != item) at = (at + 1) & mask;
        return at;
    }

    private void Grow()
    {
        Array.Resize(ref _items, 2 * Count);
        (_places, _stamps, _stamp) = (new int[4 * Count], new uint[4 * Count], 1);
        for (var i = 0; i < Count; i++)
        {
            var at = Find(_items[i].Item);
            (_stamps[at], _places[at]) = (_stamp, i);
        }
    }
}
