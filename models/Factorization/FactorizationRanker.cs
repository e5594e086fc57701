using System.Buffers;
using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Factorization;

/// <summary>Ranks items by the product of their factors with the one that a history folds in to.
/// </summary>
public sealed class FactorizationRanker : IRanker
{
    private readonly FoldIn _foldIn;
    private readonly int[] _unknownItems;

    /// <param name="model">The factors.</param>
    /// <param name="parameters">How histories become factors; as in training.</param>
    /// <param name="threadCount">Threads at most, to prepare.</param>
    public FactorizationRanker(
        FactorizationModel model, FoldInParameters parameters, int threadCount = 1)
    {
        (Model, FoldInParameters) = (model, parameters);
        _foldIn = new(model.ItemFactors, model.Dimensions, parameters, model.Popularity,
            threadCount);
        _unknownItems = [.. Enumerable.Range(0, model.ItemCount)
            .Where(item => !(model.Popularity[item] > 0))];
    }

    public FactorizationModel Model { get; }

    public FoldInParameters FoldInParameters { get; }

    public int ItemCount => Model.ItemCount;

    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        scores = scores[..ItemCount];
        var factor = ArrayPool<float>.Shared.Rent(Model.Dimensions);
        _foldIn.Solve(history, factor);
        ScoreKernel.Multiply(Model.ItemFactors, factor.AsSpan(0, Model.Dimensions), scores);
        ArrayPool<float>.Shared.Return(factor);
        if (_unknownItems.Length == 0) return;
        // Their factors are zeros, and many a known item's score is below zero.
        var lowest = TensorPrimitives.Min<float>(scores);
        foreach (var item in _unknownItems) scores[item] = lowest;
    }
}
