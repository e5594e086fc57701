using System.Numerics.Tensors;
using StreamCommerce.Engine.Recommendations.Newcomers;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// A trained model, made ready to answer by the shop's numbers. Owns the file that it is mapped
/// from: to be read under a lease of its <see cref="ModelSlot{T}"/> only. Does not change but for
/// its <see cref="Newcomers"/>, which are replaced as a whole; any number of threads.
/// </summary>
public sealed class ServedModel : IDisposable
{
    private readonly OpenedModel? _opened;
    private readonly int[] _items;
    private readonly int[] _numbers;
    private readonly float[] _inverseLengths = [];
    private volatile NewcomerFactors? _newcomers;

    private ServedModel(RecommendationModel model, ItemNumbers items, OpenedModel? opened)
    {
        (Model, _opened) = (model, opened);
        _items = [.. model.Items.Select(item => items.Resolve(new Sku(item)))];
        _numbers = new int[items.Count];
        for (var number = 0; number < _items.Length; number++)
            if (_items[number] >= 0) _numbers[_items[number]] = number + 1;
        if (model.Dimensions == 0 || model.Items.Count == 0) return;
        Factors = new ItemFactors(model.ItemFactors, model.Dimensions);
        Search = opened is not null && ItemIndexSections.TryRead(opened, Factors, out var index)
            ? index : new QuantizedScan(Factors);
        FoldIn = new FoldIn(
            model.ItemFactors, model.Dimensions, model.FoldIn, model.Popularity.Span);
        _inverseLengths = Factors.InverseLengths();
    }

    /// <summary>What was trained.</summary>
    public RecommendationModel Model { get; }

    /// <summary>The items' factors; null where the model has none.</summary>
    internal ItemFactors? Factors { get; }

    /// <summary>Finds items by their factors; null where the model has none.</summary>
    internal IItemSearch? Search { get; }

    /// <summary>Makes visitors' factors; null where the model has none.</summary>
    internal FoldIn? FoldIn { get; }

    /// <summary>Factors of products that came after training; null before the first.</summary>
    internal NewcomerFactors? Newcomers
    {
        get => _newcomers;
        set => _newcomers = value;
    }

    /// <summary>Makes a model of a registry ready. Once it is made, it owns the file.</summary>
    /// <param name="opened">The model.</param>
    /// <param name="items">The shop's numbers; the model's items get one.</param>
    /// <exception cref="ModelFileException">The index in the file is none of its factors.
    /// </exception>
    public static ServedModel Of(OpenedModel opened, ItemNumbers items) =>
        new(opened.Model, items, opened);

    /// <summary>Makes a model in memory ready.</summary>
    public static ServedModel Of(RecommendationModel model, ItemNumbers items) =>
        new(model, items, opened: null);

    /// <summary>The shop's number of an item of the model; -1 where it has none.</summary>
    public int ItemOf(int number) => _items[number];

    /// <summary>The model's number of a product; -1 where the model does not know it.</summary>
    public int NumberOf(int item) =>
        (uint)item < (uint)_numbers.Length ? _numbers[item] - 1 : -1;

    /// <summary>The cosine of two products' factors, -1 to 1; null where one has none.</summary>
    internal float? CosineOf(int left, int right)
    {
        if (Factors is null) return null;
        var known = new KnownItems(this);
        var (one, other) = (known.NumberOf(left), known.NumberOf(right));
        if (one < 0 || other < 0) return null;
        return TensorPrimitives.Dot(known.FactorOf(one), known.FactorOf(other))
            * known.InverseLengthOf(one) * known.InverseLengthOf(other);
    }

    /// <summary>Writes a product's factor, made to have the length 1: the product of two of them is
    /// their cosine.</summary>
    /// <param name="item">The product's number in the shop.</param>
    /// <param name="direction">As long as a factor.</param>
    /// <returns>Whether the product has a factor.</returns>
    internal bool TryCopyDirection(int item, Span<float> direction)
    {
        if (Factors is null) return false;
        var known = new KnownItems(this);
        if (known.NumberOf(item) is not (var number and >= 0)) return false;
        TensorPrimitives.Multiply(
            known.FactorOf(number), known.InverseLengthOf(number), direction);
        return true;
    }

    /// <summary>What a product's factor must be divided by for its length to be 1; 0 for one of
    /// length 0.</summary>
    internal float InverseLengthOf(int number) => _inverseLengths[number];

    public void Dispose() => _opened?.Dispose();
}
