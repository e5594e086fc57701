namespace StreamCommerce.Models.Sessions;

/// <summary>
/// The sessions of one item, in the order of their numbers. Grows at its end only; when it is full,
/// a new one takes its place. One writer at a time, any number of readers.
/// </summary>
internal sealed class SessionPosting
{
    /// <summary>The longest session an entry can tell of.</summary>
    public const int LengthLimit = 255;

    private const int SmallestCapacity = 4;

    private readonly long[] _entries;
    private int _count;

    private SessionPosting(int capacity) => _entries = new long[capacity];

    /// <summary>Sessions of the item that are there, beyond the limit of postings also.</summary>
    public int Living { get; set; }

    public int Capacity => _entries.Length;

    public bool IsFull => _count == _entries.Length;

    /// <summary>Whether a copy would be much smaller. An eighth, so that the copies cost less than
    /// the appends that made room.</summary>
    public bool IsMostlyEmpty => _entries.Length > 8 * Math.Max(SmallestCapacity, Living);

    /// <summary>A session's number and length in one entry: a length that needs no look at the
    /// session saves a cache miss for each session that is sampled.</summary>
    public static long Pack(long number, int length) => (number << 8) | (uint)length;

    public static long NumberOf(long entry) => entry >> 8;

    public static int LengthOf(long entry) => (int)(entry & LengthLimit);

    /// <summary>A posting with room for more: the last entries of another, of sessions that the
    /// index still has.</summary>
    public static SessionPosting Renew(SessionPosting? old, SessionIndex index, int limit)
    {
        if (old is null) return new(SmallestCapacity);
        var entries = old.Entries(limit);
        var kept = 0;
        foreach (var entry in entries)
            if (index.Find(NumberOf(entry)) is not null) kept++;
        var renewed = new SessionPosting(Math.Max(SmallestCapacity, 2 * kept))
        {
            Living = old.Living,
        };
        foreach (var entry in entries)
            if (index.Find(NumberOf(entry)) is not null)
                renewed._entries[renewed._count++] = entry;
        return renewed;
    }

    /// <summary>The last entries, the oldest of them first.</summary>
    public ArraySegment<long> Entries(int limit)
    {
        var count = Volatile.Read(ref _count);
        var start = Math.Max(0, count - limit);
        return new(_entries, start, count - start);
    }

    public void Append(long number, int length)
    {
        _entries[_count] = Pack(number, length);
        Living++;
        Volatile.Write(ref _count, _count + 1);
    }
}
