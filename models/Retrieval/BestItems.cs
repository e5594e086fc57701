using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// The best items that a search has found so far, and the one place where a score is computed, so
/// that every search gives the same.
/// </summary>
internal ref struct BestItems
{
    private readonly ReadOnlySpan<float> _numbers;
    private readonly ReadOnlySpan<float> _query;
    private readonly Span<RankedItem> _top;

    /// <exception cref="ArgumentException">The query is of another length than factors.
    /// </exception>
    public BestItems(ItemFactors factors, ReadOnlySpan<float> query, Span<RankedItem> top)
    {
        if (query.Length != factors.Dimensions)
        {
            throw new ArgumentException(
                $"It has {query.Length} numbers, a factor {factors.Dimensions}.", nameof(query));
        }
        _numbers = factors.Numbers;
        _query = query;
        _top = top;
        IsPossible = ItemFactors.IsUsable(query) && !top.IsEmpty;
        Floor = float.NegativeInfinity;
    }

    /// <summary>False where nothing can be found.</summary>
    public bool IsPossible { get; }

    public int Count { get; private set; }

    /// <summary>What a newcomer must score; an equal score enters by a lower number.</summary>
    public float Floor { get; private set; }

    /// <summary>Scores an item and takes it where it is good enough and allowed.</summary>
    public void Consider<TFilter>(int item, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        var score = TensorPrimitives.Dot(
            _query, _numbers.Slice(item * _query.Length, _query.Length));
        if (!(score >= Floor) || !filter.Allows(item)) return;
        Count = TopItems.Insert(_top, Count, new(item, score));
        if (Count == _top.Length) Floor = _top[^1].Score;
    }

    /// <summary>Takes the first allowed items, for a query to which all are alike.</summary>
    public void TakeFirst<TFilter>(TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        var items = _numbers.Length / _query.Length;
        for (var item = 0; item < items && Count < _top.Length; item++)
            if (filter.Allows(item)) _top[Count++] = new(item, 0);
    }
}
