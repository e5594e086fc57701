using System.Numerics.Tensors;
using StreamCommerce.Engine.Recommendations.Newcomers;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// All products that have a factor at one moment, under one row of numbers: the model's items, and
/// behind them those that came after its training. Taken once a request's source, since newcomers
/// may have other numbers a moment later.
/// </summary>
internal readonly struct KnownItems
{
    private readonly ServedModel _model;
    private readonly ItemFactors _factors;
    private readonly NewcomerFactors? _newcomers;

    /// <param name="model">One with factors, leased.</param>
    public KnownItems(ServedModel model)
    {
        _model = model;
        _factors = model.Factors ?? throw new ArgumentException("No factors.", nameof(model));
        _newcomers = model.Newcomers;
    }

    /// <summary>A product's number here; -1 where it has no factor.</summary>
    public int NumberOf(int item)
    {
        var number = _model.NumberOf(item);
        if (number >= 0 || _newcomers is null) return number;
        var place = _newcomers.PlaceOf(item);
        return place < 0 ? -1 : _factors.Count + place;
    }

    /// <summary>A product's number in the shop; -1 where it has none.</summary>
    public int ItemOf(int number) => number < _factors.Count
        ? _model.ItemOf(number) : _newcomers!.ItemOf(number - _factors.Count);

    public ReadOnlySpan<float> FactorOf(int number) => number < _factors.Count
        ? _factors[number] : _newcomers!.Factors[number - _factors.Count];

    /// <summary>What a factor must be divided by for its length to be 1; 0 for one of length 0.
    /// </summary>
    public float InverseLengthOf(int number) => number < _factors.Count
        ? _model.InverseLengthOf(number) : _newcomers!.InverseLengthOf(number - _factors.Count);

    /// <summary>Writes the factor of a visitor who has been at some of the items.</summary>
    public void FoldIn(ReadOnlySpan<HistoryEntry> interactions, Span<float> factor) =>
        _model.FoldIn!.Solve(
            interactions, _newcomers is null ? default : _newcomers.Factors.Numbers, factor);

    /// <summary>Finds the items that a factor meets best and that an answer may hold: the model's
    /// as its index finds them, the newcomers among them all.</summary>
    public int Search(ReadOnlySpan<float> factor, Span<RankedItem> top, Asked asked)
    {
        if (asked.TryGetFew(out var few)) return SearchAmong(few, factor, top, asked);
        var count = _model.Search!.Search(factor, top, new AllowedItems(asked, this, 0));
        if (_newcomers is null) return count;
        var first = _factors.Count;
        Span<RankedItem> others = stackalloc RankedItem[top.Length];
        others = others[.._newcomers.Search.Search(
            factor, others, new AllowedItems(asked, this, first))];
        foreach (var other in others)
            count = TopItems.Insert(top, count, other with { Item = first + other.Item });
        return count;
    }

    private int SearchAmong(
        ReadOnlySpan<int> items, ReadOnlySpan<float> factor, Span<RankedItem> top, Asked asked)
    {
        if (!ItemFactors.IsUsable(factor)) return 0;
        var count = 0;
        foreach (var item in items)
        {
            if (NumberOf(item) is not (var number and >= 0)) continue;
            var entry = new RankedItem(number, TensorPrimitives.Dot(factor, FactorOf(number)));
            if (count == top.Length && !TopItems.IsBefore(entry, top[^1])) continue;
            if (asked.Allows(item) && !top[..count].Contains(entry))
                count = TopItems.Insert(top, count, entry);
        }
        return count;
    }

    /// <summary>Lets a search find only what an answer may hold.</summary>
    private readonly struct AllowedItems(Asked asked, KnownItems known, int first) : IItemFilter
    {
        public bool Allows(int item) =>
            known.ItemOf(first + item) is var number and >= 0 && asked.Allows(number);
    }
}
