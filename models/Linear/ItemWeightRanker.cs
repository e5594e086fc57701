using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// Scores by a sparse item-by-item matrix: each entry of the history adds its item's row, weighted
/// by how long ago it was and by the entry's own weight.
/// </summary>
/// <param name="weights">From an item of the history (row) to a scored one; finite.</param>
/// <param name="history">How much an entry counts.</param>
internal sealed class ItemWeightRanker(SparseMatrix weights, HistoryWeights history) : IRanker
{
    public int ItemCount => weights.ColumnCount;

    /// <summary>What is learnt.</summary>
    public SparseMatrix Weights => weights;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<HistoryEntry> entries, Span<float> scores)
    {
        scores.Clear();
        for (var i = 0; i < entries.Length; i++)
        {
            var item = entries[i].Item;
            var weight = history.At(entries.Length - 1 - i) * entries[i].Weight;
            if ((uint)item >= (uint)weights.RowCount || weight == 0) continue;
            var columns = weights.ColumnsOf(item);
            var values = weights.ValuesOf(item);
            for (var at = 0; at < columns.Length; at++) scores[columns[at]] += weight * values[at];
        }
    }
}
