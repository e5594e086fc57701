using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// How often two items are in the same history: RᵀR, sparse, each user weighed by a power of the
/// history's length.
/// </summary>
internal sealed class ItemGramian
{
    // Last entries of a user that count. A machine that clicks through the catalogue would pair
    // each item with each other one, which no memory holds, and say nothing.
    private const int HistoryLimit = 2_000;

    private readonly SparseMatrix _products;

    private ItemGramian(SparseMatrix products) => _products = products;

    public static ItemGramian Of(
        Histories train, double userExponent, TrainingContext context, CancellationToken ct)
    {
        var users = SparseMatrix.Of(LastOf(train));
        var items = users.Transpose();
        var weights = new float[users.RowCount];
        for (var user = 0; user < weights.Length; user++)
            weights[user] = (float)Math.Pow(
                Math.Max(1, users.ColumnsOf(user).Length), -userExponent);
        return new(RowSums.Square(train.ItemCount, (item, sums) =>
        {
            foreach (var user in items.ColumnsOf(item))
                foreach (var other in users.ColumnsOf(user)) sums.Add(other, weights[user]);
            return sums.Take(train.ItemCount, (_, sum) => sum);
        }, context, ct));
    }

    private static Histories LastOf(Histories train)
    {
        var starts = new int[train.UserCount + 1];
        for (var user = 0; user < train.UserCount; user++)
            starts[user + 1] = starts[user] + Math.Min(HistoryLimit, train[user].Length);
        if (starts[^1] == train.EntryCount) return train;
        var entries = new HistoryEntry[starts[^1]];
        for (var user = 0; user < train.UserCount; user++)
        {
            train[user][^(starts[user + 1] - starts[user])..]
                .CopyTo(entries.AsSpan(starts[user]));
        }
        return new(starts, entries, train.ItemCount);
    }

    /// <summary>The others that an item occurs with most, ascending, and how much.</summary>
    /// <param name="item">The item, which is not among them.</param>
    /// <param name="limit">How many.</param>
    /// <param name="scale">By which an other's sum is weighed when they are chosen.</param>
    public (int[] Items, float[] Products) Strongest(int item, int limit, float[] scale)
    {
        var columns = _products.ColumnsOf(item);
        var values = _products.ValuesOf(item);
        var top = new RankedItem[Math.Min(limit, columns.Length)];
        var count = 0;
        for (var i = 0; i < columns.Length; i++)
            if (columns[i] != item)
                count = TopItems.Insert(top, count, new(i, values[i] * scale[columns[i]]));
        Array.Sort(top, 0, count, Comparer<RankedItem>.Create((l, r) => l.Item.CompareTo(r.Item)));
        var (items, products) = (new int[count], new float[count]);
        for (var i = 0; i < count; i++)
            (items[i], products[i]) = (columns[top[i].Item], values[top[i].Item]);
        return (items, products);
    }

    /// <summary>An item's products with others.</summary>
    /// <param name="item">The item.</param>
    /// <param name="others">Ascending.</param>
    /// <param name="into">Theirs; 0 where they are never together.</param>
    public void Gather(int item, ReadOnlySpan<int> others, Span<float> into)
    {
        var columns = _products.ColumnsOf(item);
        var values = _products.ValuesOf(item);
        for (var (i, at) = (0, 0); i < others.Length; i++)
        {
            // Galloping: the row is much longer than the few that are asked for.
            var step = 1;
            while (at + step < columns.Length && columns[at + step] < others[i]) step *= 2;
            var from = at + step / 2;
            var until = Math.Min(columns.Length, at + step + 1);
            var found = columns[from..until].BinarySearch(others[i]);
            at = from + (found >= 0 ? found : ~found);
            into[i] = found >= 0 ? values[at] : 0;
            if (at >= columns.Length) { into[(i + 1)..others.Length].Clear(); return; }
        }
    }
}
