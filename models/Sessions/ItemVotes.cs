using System.Numerics;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// Sums what speaks for each of a few thousand items out of millions: an open-addressing table over
/// a dense list, which is cleared at the cost of what it holds. One thread at a time; allocates
/// only to become larger than ever before.
/// </summary>
internal sealed class ItemVotes
{
    private Entry[] _entries = new Entry[1024];
    // One more than an entry's place; 0 where nothing is. Twice as many as entries.
    private int[] _slots = new int[2048];

    /// <summary>An item, its votes, and the cause of the largest of them.</summary>
    public struct Entry
    {
        public int Item;
        public int Cause;
        public float Sum;
        public float Largest;
        internal int Slot;
    }

    public int Count { get; private set; }

    /// <summary>In the order of their first votes; sums may be changed in place.</summary>
    public Span<Entry> Entries => _entries.AsSpan(0, Count);

    public void Clear()
    {
        foreach (ref readonly var entry in Entries) _slots[entry.Slot] = 0;
        Count = 0;
    }

    /// <summary>Adds a vote above 0.</summary>
    public void Add(int item, float vote, int cause)
    {
        ref var entry = ref EntryOf(item);
        entry.Sum += vote;
        if (vote <= entry.Largest) return;
        (entry.Largest, entry.Cause) = (vote, cause);
    }

    /// <summary>Sum of an item's votes; 0 for one without.</summary>
    public float SumOf(int item)
    {
        var mask = _slots.Length - 1;
        for (var slot = SlotOf(item); _slots[slot] != 0; slot = (slot + 1) & mask)
            if (_entries[_slots[slot] - 1].Item == item) return _entries[_slots[slot] - 1].Sum;
        return 0;
    }

    /// <summary>Sum of all votes.</summary>
    public float Total()
    {
        var total = 0f;
        foreach (ref readonly var entry in Entries) total += entry.Sum;
        return total;
    }

    /// <summary>Writes every item's sum into its place, 0 for those without; passes over items
    /// that have none.</summary>
    public void WriteTo(Span<float> scores)
    {
        scores.Clear();
        foreach (ref readonly var entry in Entries)
            if (entry.Item < scores.Length) scores[entry.Item] = entry.Sum;
    }

    /// <inheritdoc cref="Top{TFilter}"/>
    public int Top(Span<SessionCandidate> best) => Top(best, default(AllItems));

    /// <summary>
    /// Fills a list with the items of most votes, best first, equal ones by their numbers; scores
    /// are shares of all votes.
    /// </summary>
    /// <param name="best">The list.</param>
    /// <param name="filter">Asked for those that may enter the list, not for all.</param>
    /// <returns>How many there are.</returns>
    public int Top<TFilter>(Span<SessionCandidate> best, TFilter filter)
        where TFilter : IItemFilter
    {
        var total = Total();
        if (!(total > 0) || best.IsEmpty) return 0;
        var count = 0;
        foreach (ref readonly var entry in Entries)
        {
            // A vote that is too small for a float may have come to nothing.
            if (!(entry.Sum > 0)) continue;
            var candidate = new SessionCandidate(entry.Item, entry.Sum, entry.Cause);
            if (count < best.Length)
            {
                if (!filter.Allows(entry.Item)) continue;
                best[count++] = candidate;
                if (count == best.Length) MakeHeap(best);
            }
            else if (IsBefore(candidate, best[0]) && filter.Allows(entry.Item))
            {
                best[0] = candidate;
                SiftDown(best, 0);
            }
        }
        best[..count].Sort(static (a, b) => IsBefore(a, b) ? -1 : 1);
        for (var i = 0; i < count; i++) best[i] = best[i] with { Score = best[i].Score / total };
        return count;
    }

    private static bool IsBefore(in SessionCandidate a, in SessionCandidate b) =>
        a.Score > b.Score || (a.Score == b.Score && a.Item < b.Item);

    private static void MakeHeap(Span<SessionCandidate> heap)
    {
        for (var i = (heap.Length / 2) - 1; i >= 0; i--) SiftDown(heap, i);
    }

    // The last of the list is at the root, to be pushed out next.
    private static void SiftDown(Span<SessionCandidate> heap, int at)
    {
        for (var child = (2 * at) + 1; child < heap.Length; child = (2 * at) + 1)
        {
            if (child + 1 < heap.Length && IsBefore(heap[child], heap[child + 1])) child++;
            if (!IsBefore(heap[at], heap[child])) return;
            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }

    private ref Entry EntryOf(int item)
    {
        if (Count == _entries.Length) Grow();
        var mask = _slots.Length - 1;
        var slot = SlotOf(item);
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
            if (_entries[_slots[slot] - 1].Item == item) return ref _entries[_slots[slot] - 1];
        _entries[Count] = new() { Item = item, Slot = slot };
        _slots[slot] = ++Count;
        return ref _entries[Count - 1];
    }

    private void Grow()
    {
        Array.Resize(ref _entries, 2 * Count);
        _slots = new int[4 * Count];
        var mask = _slots.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var slot = SlotOf(_entries[i].Item);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
            _entries[i].Slot = slot;
        }
    }

    // Fibonacci hashing: neighbouring numbers are spread over the table.
    private int SlotOf(int item) =>
        (int)(((uint)item * 2_654_435_769u) >> (32 - BitOperations.Log2((uint)_slots.Length)));
}
