namespace StreamCommerce.Models.Neighbours;

/// <summary>An item that is often seen together with another.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Weight">Sum of the weights of their common appearances.</param>
public readonly record struct Neighbour(int Item, float Weight);

/// <summary>
/// Which items are seen together, and how often: for each item its heaviest neighbours, learnt
/// one pair at a time (see <see cref="NeighbourRow"/>). One thread at a time.
/// </summary>
/// <param name="neighbourLimit">Neighbours kept of an item.</param>
public sealed class CoVisitationIndex(int neighbourLimit)
{
    private NeighbourRow?[] _rows = [];
    // Apart from the rows: who weighs an item's neighbours needs this of each, and finds it in one
    // small array instead of in as many objects.
    private float[] _scales = [];

    /// <summary>Neighbours that an item has at most.</summary>
    public int NeighbourLimit => neighbourLimit;

    /// <summary>One more than the highest item that may have neighbours.</summary>
    public int ItemLimit => _rows.Length;

    /// <summary>Counts a common appearance, in both directions.</summary>
    public void Add(int left, int right, float weight)
    {
        AddTo(left, right, weight);
        AddTo(right, left, weight);
    }

    /// <summary>Counts common appearances of an item with others, in both directions.</summary>
    public void Add(int item, ReadOnlySpan<Neighbour> others)
    {
        if (others.IsEmpty) return;
        var row = RowOf(item);
        foreach (var (other, weight) in others)
        {
            row.Add(other, weight, neighbourLimit);
            AddTo(other, item, weight);
        }
        Scale(item, row);
    }

    /// <summary>Sum of the weights of all the item's pairs, its neighbours' and the lost ones'.
    /// </summary>
    public double TotalOf(int item) =>
        (uint)item < (uint)_rows.Length && _rows[item] is { } row ? row.Total : 0;

    /// <summary>1 / √<see cref="TotalOf"/>: the weight of a pair times the scales of both is its
    /// cosine. 0 where there are no pairs.</summary>
    public float ScaleOf(int item) => (uint)item < (uint)_scales.Length ? _scales[item] : 0;

    /// <summary>Copies the item's neighbours, in no order.</summary>
    /// <param name="item">The item.</param>
    /// <param name="neighbours">As long as the limit of neighbours.</param>
    /// <returns>How many there are.</returns>
    public int CopyTo(int item, Span<Neighbour> neighbours) =>
        (uint)item < (uint)_rows.Length && _rows[item] is { } row ? row.CopyTo(neighbours) : 0;

    /// <summary>The item's neighbours in no order. Valid until the next change.</summary>
    public IEnumerable<Neighbour> Of(int item)
    {
        if ((uint)item >= (uint)_rows.Length || _rows[item] is not { } row) yield break;
        for (var i = 0; i < row.Cells.Length; i++)
            yield return NeighbourRow.Unpack(in row.Cells[i]);
    }

    /// <summary>Puts an item's neighbours as they were saved.</summary>
    public void Restore(int item, double total, ReadOnlySpan<Neighbour> neighbours)
    {
        var row = RowOf(item);
        row.Restore(total, neighbours, neighbourLimit);
        Scale(item, row);
    }

    private void AddTo(int item, int neighbour, float weight)
    {
        var row = RowOf(item);
        row.Add(neighbour, weight, neighbourLimit);
        Scale(item, row);
    }

    private void Scale(int item, NeighbourRow row) =>
        _scales[item] = row.Total > 0 ? (float)(1 / Math.Sqrt(row.Total)) : 0;

    private NeighbourRow RowOf(int item)
    {
        if (item >= _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(2 * _rows.Length, Math.Max(256, item + 1)));
            Array.Resize(ref _scales, _rows.Length);
        }
        return _rows[item] ??= new();
    }
}
