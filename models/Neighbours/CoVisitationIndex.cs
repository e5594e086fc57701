namespace StreamCommerce.Models.Neighbours;

/// <summary>An item that is often seen together with another.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Weight">Sum of the weights of their common appearances.</param>
public readonly record struct Neighbour(int Item, float Weight);

/// <summary>
/// Which items are seen together, and how often: for each item its heaviest neighbours, learnt
/// one pair at a time. At its limit an item's lightest neighbour gives its place and weight to the
/// newcomer, as in Space-Saving (Metwally, Agrawal, El Abbadi 2005), so that a weight is
/// overestimated by at most the lightest one. One thread at a time.
/// </summary>
/// <param name="neighbourLimit">Neighbours kept of an item.</param>
public sealed class CoVisitationIndex(int neighbourLimit)
{
    private Row?[] _rows = [];

    /// <summary>One more than the highest item that may have neighbours.</summary>
    public int ItemLimit => _rows.Length;

    /// <summary>Counts a common appearance, in both directions.</summary>
    public void Add(int left, int right, float weight)
    {
        RowOf(left).Add(right, weight, neighbourLimit);
        RowOf(right).Add(left, weight, neighbourLimit);
    }

    /// <summary>Sum of the weights of all the item's pairs, its neighbours' and the lost ones'.
    /// </summary>
    public double TotalOf(int item) =>
        (uint)item < (uint)_rows.Length && _rows[item] is { } row ? row.Total : 0;

    /// <summary>The item's neighbours in no order. Valid until the next change.</summary>
    public IEnumerable<Neighbour> Of(int item)
    {
        if ((uint)item >= (uint)_rows.Length || _rows[item] is not { } row) yield break;
        for (var i = 0; i < row.Count; i++) yield return new(row.Items[i], row.Weights[i]);
    }

    /// <summary>Puts an item's neighbours as they were saved.</summary>
    public void Restore(int item, double total, ReadOnlySpan<Neighbour> neighbours)
    {
        var row = RowOf(item);
        row.Count = 0;
        foreach (var neighbour in neighbours)
            row.Add(neighbour.Item, neighbour.Weight, neighbourLimit);
        row.Total = total;
    }

    private Row RowOf(int item)
    {
        if (item >= _rows.Length)
            Array.Resize(ref _rows, Math.Max(2 * _rows.Length, Math.Max(256, item + 1)));
        return _rows[item] ??= new Row();
    }

    private sealed class Row
    {
        public int[] Items = new int[4];
        public float[] Weights = new float[4];
        public int Count;
        public double Total;

        public void Add(int item, float weight, int limit)
        {
            Total += weight;
            var at = Items.AsSpan(0, Count).IndexOf(item);
            if (at >= 0)
            {
                Weights[at] += weight;
                return;
            }
            if (Count == limit)
            {
                var lightest = 0;
                for (var i = 1; i < Count; i++)
                    if (Weights[i] < Weights[lightest]) lightest = i;
                Items[lightest] = item;
                Weights[lightest] += weight;
                return;
            }
            if (Count == Items.Length)
            {
                Array.Resize(ref Items, Math.Min(limit, 2 * Count));
                Array.Resize(ref Weights, Math.Min(limit, 2 * Count));
            }
            Items[Count] = item;
            Weights[Count++] = weight;
        }
    }
}
