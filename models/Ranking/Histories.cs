namespace StreamCommerce.Models.Ranking;

/// <summary>
/// The histories of many users (or sessions) over numbered items, one after another in one array.
/// Does not change.
/// </summary>
public sealed class Histories
{
    private readonly int[] _starts;
    private readonly HistoryEntry[] _entries;

    /// <param name="starts">Where each user's entries start, and one more: where the last ends.
    /// </param>
    /// <param name="entries">All entries, each user's oldest first. Kept, not copied.</param>
    /// <param name="itemCount">Items, numbered from 0; may be more than occur.</param>
    /// <exception cref="ArgumentException">The starts do not fit the entries, or an entry's item
    /// is outside the range.</exception>
    public Histories(int[] starts, HistoryEntry[] entries, int itemCount)
    {
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != entries.Length)
            throw new ArgumentException("They do not span the entries.", nameof(starts));
        for (var i = 1; i < starts.Length; i++)
            if (starts[i] < starts[i - 1])
                throw new ArgumentException("They fall.", nameof(starts));
        foreach (var entry in entries)
            if ((uint)entry.Item >= (uint)itemCount)
                throw new ArgumentException($"Item {entry.Item} is not in 0 … {itemCount - 1}.",
                    nameof(entries));
        (_starts, _entries, ItemCount) = (starts, entries, itemCount);
    }

    public int UserCount => _starts.Length - 1;

    public int ItemCount { get; }

    public int EntryCount => _entries.Length;

    /// <summary>All entries, user by user.</summary>
    public ReadOnlySpan<HistoryEntry> Entries => _entries;

    /// <summary>A user's entries, oldest first.</summary>
    public ReadOnlySpan<HistoryEntry> this[int user] =>
        _entries.AsSpan(_starts[user], _starts[user + 1] - _starts[user]);

    /// <summary>A user's entries as memory that may be kept.</summary>
    public ReadOnlyMemory<HistoryEntry> MemoryOf(int user) =>
        _entries.AsMemory(_starts[user], _starts[user + 1] - _starts[user]);

    /// <summary>Copies lists of entries.</summary>
    public static Histories Of(
        IEnumerable<IReadOnlyList<HistoryEntry>> users, int itemCount)
    {
        var starts = new List<int> { 0 };
        var entries = new List<HistoryEntry>();
        foreach (var user in users)
        {
            entries.AddRange(user);
            starts.Add(entries.Count);
        }
        return new([.. starts], [.. entries], itemCount);
    }
}
