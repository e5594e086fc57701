using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// One row of a sparse matrix while it is summed up: a dense sum a column, and which columns have
/// been touched. One thread at a time; used again for the next row.
/// </summary>
internal sealed class RowSums(int columnCount)
{
    private readonly float[] _sums = new float[columnCount];
    private readonly bool[] _isTouched = new bool[columnCount];
    private readonly List<int> _touched = [];

    public void Add(int column, float value)
    {
        if (!_isTouched[column])
        {
            _isTouched[column] = true;
            _touched.Add(column);
        }
        _sums[column] += value;
    }

    /// <summary>Takes the row out, columns ascending, and begins the next one.</summary>
    /// <param name="limit">Entries kept, at least 1: the greatest, of equal ones those of lower
    /// columns.</param>
    /// <param name="weigh">What becomes of a column's sum; what is not above 0 is dropped.</param>
    public (int[] Columns, float[] Values) Take(int limit, Func<int, float, float> weigh)
    {
        _touched.Sort();
        var columns = new List<int>(_touched.Count);
        var values = new List<float>(_touched.Count);
        foreach (var column in _touched)
        {
            var value = weigh(column, _sums[column]);
            (_sums[column], _isTouched[column]) = (0, false);
            if (!(value > 0) || !float.IsFinite(value)) continue;
            columns.Add(column);
            values.Add(value);
        }
        _touched.Clear();
        if (columns.Count > limit) Prune(columns, values, limit);
        return ([.. columns], [.. values]);
    }

    private static void Prune(List<int> columns, List<float> values, int limit)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var least = sorted[sorted.Length - limit];
        // As many of the least value stay as there is room for behind the greater ones.
        var greater = values.Count(value => value > least);
        var (kept, equal) = (0, limit - greater);
        for (var i = 0; i < columns.Count; i++)
        {
            if (values[i] < least || (values[i] == least && equal-- <= 0)) continue;
            (columns[kept], values[kept]) = (columns[i], values[i]);
            kept++;
        }
        columns.RemoveRange(kept, columns.Count - kept);
        values.RemoveRange(kept, values.Count - kept);
    }

    /// <summary>
    /// Makes a matrix row by row on many threads. Each row is one thread's, so that its sums are
    /// added in one order whatever the number of threads.
    /// </summary>
    /// <param name="rowCount">Rows, and columns.</param>
    /// <param name="rowOf">Makes a row's columns, ascending, and values with a thread's sums.
    /// </param>
    /// <param name="context">Threads at most, and who is told of the rows that are done.</param>
    /// <param name="cancellationToken">Stops it between two rows.</param>
    public static SparseMatrix Square(
        int rowCount,
        Func<int, RowSums, (int[] Columns, float[] Values)> rowOf,
        TrainingContext context,
        CancellationToken cancellationToken)
    {
        var rows = new (int[] Columns, float[] Values)[rowCount];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = context.ThreadCount,
            CancellationToken = cancellationToken,
        };
        var progress = new StepProgress(context.Progress, rowCount);
        Parallel.For(0, rowCount, options, () => new RowSums(rowCount), (row, _, sums) =>
        {
            rows[row] = rowOf(row, sums);
            progress.Add();
            return sums;
        }, _ => { });
        var starts = new int[rowCount + 1];
        for (var row = 0; row < rowCount; row++)
            starts[row + 1] = checked(starts[row] + rows[row].Columns.Length);
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (var row = 0; row < rowCount; row++)
        {
            rows[row].Columns.CopyTo(columns, starts[row]);
            rows[row].Values.CopyTo(values, starts[row]);
        }
        return new(starts, columns, values, rowCount);
    }
}
