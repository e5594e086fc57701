namespace StreamCommerce.Models.Ranking;

/// <summary>
/// A sparse matrix by rows (compressed sparse row), columns ascending in a row, each once. Does
/// not change.
/// </summary>
public sealed class SparseMatrix
{
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _values;

    /// <summary>Keeps the arrays, unchecked: rows' starts and one more, columns, values.</summary>
    internal SparseMatrix(int[] starts, int[] columns, float[] values, int columnCount) =>
        (_starts, _columns, _values, ColumnCount) = (starts, columns, values, columnCount);

    public int RowCount => _starts.Length - 1;

    public int ColumnCount { get; }

    public int EntryCount => _columns.Length;

    /// <summary>A row's columns, ascending.</summary>
    public ReadOnlySpan<int> ColumnsOf(int row) =>
        _columns.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>A row's values, in the order of its columns.</summary>
    public ReadOnlySpan<float> ValuesOf(int row) =>
        _values.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>
    /// Users by items: an item's weight is the sum of the weights of a user's entries of it.
    /// </summary>
    public static SparseMatrix Of(Histories histories)
    {
        var starts = new int[histories.UserCount + 1];
        var columns = new List<int>(histories.EntryCount);
        var values = new List<float>(histories.EntryCount);
        var entries = new List<HistoryEntry>();
        for (var user = 0; user < histories.UserCount; user++)
        {
            entries.Clear();
            entries.AddRange(histories[user]);
            // Stable, so that sums are added in one order on every machine.
            foreach (var entry in entries.OrderBy(entry => entry.Item))
            {
                if (columns.Count > starts[user] && columns[^1] == entry.Item)
                {
                    values[^1] += entry.Weight;
                    continue;
                }
                columns.Add(entry.Item);
                values.Add(entry.Weight);
            }
            starts[user + 1] = columns.Count;
        }
        return new(starts, [.. columns], [.. values], histories.ItemCount);
    }

    /// <summary>Rows become columns.</summary>
    public SparseMatrix Transpose()
    {
        var starts = new int[ColumnCount + 1];
        foreach (var column in _columns) starts[column + 1]++;
        for (var i = 0; i < ColumnCount; i++) starts[i + 1] += starts[i];
        var next = starts[..^1];
        var columns = new int[EntryCount];
        var values = new float[EntryCount];
        for (var row = 0; row < RowCount; row++)
        {
            for (var i = _starts[row]; i < _starts[row + 1]; i++)
            {
                var at = next[_columns[i]]++;
                columns[at] = row;
                values[at] = _values[i];
            }
        }
        return new(starts, columns, values, RowCount);
    }
}
