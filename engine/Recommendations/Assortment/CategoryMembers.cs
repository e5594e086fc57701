namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// The items of each category, by the category's number: who asks for a small one need not look
/// through the whole shop. Any thread reads; writers take turns at the shelf's gate.
/// </summary>
/// <remarks>
/// An item that leaves stays in the list until half of it has left, and one that comes back is in
/// it twice meanwhile: a large category that is emptied item by item is not copied each time.
/// </remarks>
internal sealed class CategoryMembers
{
    private readonly ItemColumn<Row?> _rows = new();

    /// <summary>The category's items in no order, a few of which may have left it or be there
    /// twice; empty for one that there is not.</summary>
    public ReadOnlySpan<int> Of(int category)
    {
        if (_rows[category] is not { } row) return [];
        // The count first: the array only grows, so it holds at least as many.
        var count = Volatile.Read(ref row.Count);
        return Volatile.Read(ref row.Items).AsSpan(0, count);
    }

    /// <summary>An item's categories have changed.</summary>
    /// <param name="item">The item.</param>
    /// <param name="from">Those before; none twice.</param>
    /// <param name="to">Those now; none twice.</param>
    /// <param name="isIn">Whether an item is in a category now.</param>
    public void Move(
        int item, ReadOnlySpan<int> from, ReadOnlySpan<int> to, Func<int, int, bool> isIn)
    {
        foreach (var category in to)
        {
            if (from.Contains(category)) continue;
            ref var row = ref _rows.At(category);
            if (row is null) Volatile.Write(ref row, new Row());
            row!.Add(item);
        }
        foreach (var category in from)
        {
            if (to.Contains(category) || _rows[category] is not { } row) continue;
            row.Left++;
            if (2 * row.Left > row.Count)
                Volatile.Write(ref _rows.At(category), row.Without(left => !isIn(left, category)));
        }
    }

    private sealed class Row
    {
        public int[] Items = new int[4];
        public int Count;
        public int Left;

        public void Add(int item)
        {
            if (Count == Items.Length)
            {
                var larger = new int[2 * Count];
                Items.CopyTo(larger, 0);
                Volatile.Write(ref Items, larger);
            }
            Items[Count] = item;
            Volatile.Write(ref Count, Count + 1);
        }

        public Row Without(Predicate<int> hasLeft)
        {
            var row = new Row();
            foreach (var item in Items.AsSpan(0, Count).ToArray().Distinct())
                if (!hasLeft(item)) row.Add(item);
            return row;
        }
    }
}
