using System.Buffers;
using System.Numerics.Tensors;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Ranks by a model as it was published: by its factors or, where it has none, by its neighbours.
/// Items are numbered as in the data that it is asked with; of those that the model does not know
/// it says the least.
/// </summary>
public sealed class ModelRanker : IRanker
{
    private readonly RecommendationModel _model;
    private readonly FoldIn? _foldIn;
    // From the data's numbers to the model's, -1 where the model does not know the item.
    private readonly int[] _known;

    /// <param name="model">Valid for as long as the ranker is asked.</param>
    /// <param name="items">The data's items.</param>
    /// <param name="threadCount">Threads at most, to prepare.</param>
    public ModelRanker(
        RecommendationModel model, IReadOnlyList<string> items, int threadCount = 1)
    {
        _model = model;
        var numbers = new Dictionary<string, int>(model.Items.Count, StringComparer.Ordinal);
        for (var i = 0; i < model.Items.Count; i++) numbers[model.Items[i]] = i;
        _known = [.. items.Select(item => numbers.GetValueOrDefault(item, -1))];
        if (model.Dimensions > 0)
        {
            _foldIn = new FoldIn(model.ItemFactors, model.Dimensions, model.FoldIn,
                model.Popularity.Span, threadCount);
        }
    }

    public int ItemCount => _known.Length;

    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        var known = ArrayPool<HistoryEntry>.Shared.Rent(history.Length);
        var own = ArrayPool<float>.Shared.Rent(_model.Items.Count);
        var count = 0;
        foreach (var entry in history)
        {
            if ((uint)entry.Item >= (uint)_known.Length || _known[entry.Item] < 0) continue;
            known[count++] = entry with { Item = _known[entry.Item] };
        }
        var ownScores = own.AsSpan(0, _model.Items.Count);
        if (_foldIn is null) ScoreByNeighbours(known.AsSpan(0, count), ownScores);
        else ScoreByFactors(_foldIn, known.AsSpan(0, count), ownScores);
        var lowest = ownScores.IsEmpty ? 0 : TensorPrimitives.Min<float>(ownScores);
        for (var item = 0; item < _known.Length; item++)
        {
            scores[item] = _known[item] < 0 || IsUnseen(_known[item])
                ? lowest : ownScores[_known[item]];
        }
        ArrayPool<HistoryEntry>.Shared.Return(known);
        ArrayPool<float>.Shared.Return(own);
    }

    // The model has its name, and never met it in training.
    private bool IsUnseen(int item) => !(_model.Popularity.Span[item] > 0);

    private void ScoreByFactors(
        FoldIn foldIn, ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        var dimensions = _model.Dimensions;
        var rented = ArrayPool<float>.Shared.Rent(dimensions);
        var factor = rented.AsSpan(0, dimensions);
        foldIn.Solve(history, factor);
        var factors = _model.ItemFactors.Span;
        for (var item = 0; item < scores.Length; item++)
        {
            scores[item] = TensorPrimitives.Dot(
                factors.Slice(item * dimensions, dimensions), factor);
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private void ScoreByNeighbours(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        scores.Clear();
        var starts = _model.Neighbours.Starts.Span;
        var items = _model.Neighbours.Items.Span;
        var weights = _model.Neighbours.Weights.Span;
        if (starts.IsEmpty) return;
        var (decay, counts) = ((float)(_model.HistoryDecay ?? 1), 1f);
        for (var at = history.Length - 1; at >= 0 && counts > 0; at--, counts *= decay)
        {
            var (item, weight, _) = history[at];
            for (var i = starts[item]; i < starts[item + 1]; i++)
                scores[items[i]] += counts * weight * weights[i];
        }
    }
}
