using System.Runtime.InteropServices;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// Counts rows that are alike, so that each gets an id of its own which is the same whenever the
/// file is read. Rows that are alike have one time and come in the order of time, so it remembers
/// those of one time only.
/// </summary>
internal sealed class RepeatCounter<TRow> where TRow : notnull
{
    private readonly Dictionary<TRow, int> _counts = [];
    private DateTimeOffset _time;

    /// <summary>Different rows of the current time; what the memory is bounded by.</summary>
    public int Count => _counts.Count;

    /// <summary>1 for the first row of its kind, 2 for the second, ….</summary>
    /// <param name="time">The row's time, never less than that of the row before.</param>
    /// <param name="row">What is equal for rows that are alike.</param>
    public int Next(DateTimeOffset time, TRow row)
    {
        if (time != _time)
        {
            _counts.Clear();
            _time = time;
        }
        return ++CollectionsMarshal.GetValueRefOrAddDefault(_counts, row, out _);
    }
}
