using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// Finds the sessions most like the current one and lets them vote for items. The work space of one
/// thread at a time, to be kept for the next question: it allocates nothing once it has grown.
/// </summary>
/// <remarks>
/// The sample is that of VMIS-kNN: of all sessions that share an item with the current one, the
/// most recent. The paper finds it with a hash map and a heap over the items' postings. As postings
/// are sorted by recency, merging them meets the sessions in the same order without either, all
/// common items of a session at once, and stops as soon as the sample is full.
/// </remarks>
public sealed class NeighbourSearch
{
    // Before the first click of every session.
    private const int Start = -1;

    private readonly NeighbourOptions _options;
    private readonly SessionItem[] _items;
    private readonly Neighbour[] _heap;
    private readonly EndedSession?[] _found;
    private readonly ItemVotes _votes = new();
    private readonly float[] _forward = new float[SessionPosting.LengthLimit + 1];
    private readonly float[] _backward = new float[SessionPosting.LengthLimit + 1];
    private readonly float[] _lengths = new float[SessionPosting.LengthLimit + 1];
    private readonly float[] _steps;
    private readonly float[] _matches;
    private int _itemCount;
    private int _heapCount;
    // The click before the last; Start where there is none.
    private int _previous;

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public NeighbourSearch(NeighbourOptions options)
    {
        options.Check();
        _options = options;
        _items = new SessionItem[options.ItemLimit];
        _heap = new Neighbour[options.NeighbourCount];
        _found = new EndedSession?[options.NeighbourCount];
        _steps = new float[options.ItemLimit];
        _matches = new float[options.ItemLimit];
        for (var i = 0; i < _steps.Length; i++)
        {
            _steps[i] = options.LinearPositions ? 1 : Fall(i, options.PositionDecay);
            _matches[i] = options.LinearPositions
                ? Math.Max(0, 1 - (0.1f * i)) : Fall(i, options.MatchDecay);
        }
        for (var i = 0; i < _forward.Length; i++)
        {
            _forward[i] = Fall(i - 1, options.ForwardDecay);
            _backward[i] = (float)options.BackwardWeight * Fall(i - 1, options.BackwardDecay);
            _lengths[i] = (float)Math.Pow(Math.Max(1, i), -options.LengthExponent);
        }
    }

    // An item of the current session, and how far its sessions have been merged.
    private struct SessionItem
    {
        public int Item;
        public float Weight;
        public ArraySegment<long> Entries;
        public int Left;
        // The next entry; -1 behind the last.
        public long Head;

        public void Advance() => Head = --Left >= 0 ? Entries[Left] : -1;
    }

    // A session, how alike it is, and the latest item that both have.
    private readonly record struct Neighbour(long Number, float Similarity, int Latest)
    {
        public bool IsBelow(in Neighbour other) => Similarity < other.Similarity
            || (Similarity == other.Similarity && Number < other.Number);
    }

    /// <summary>The votes of the last question.</summary>
    internal ItemVotes Votes => _votes;

    /// <summary>
    /// Of the last question, what came next where neighbours had the session's last two clicks one
    /// after the other; for a session of one click, where it was their first.
    /// </summary>
    internal ItemVotes Continuations { get; } = new();

    /// <summary>Finds items that go with a session.</summary>
    /// <param name="index">Sessions that have ended.</param>
    /// <param name="session">The current one, oldest first; weights count in the similarity.
    /// </param>
    /// <param name="best">Filled with the best items, best first, those of the session among
    /// them.</param>
    /// <returns>How many there are.</returns>
    public int Find(SessionIndex index, ReadOnlySpan<HistoryEntry> session,
        Span<SessionCandidate> best)
    {
        Vote(index, session);
        return _votes.Top(best);
    }

    /// <summary>Fills <see cref="Votes"/> and <see cref="Continuations"/>.</summary>
    internal void Vote(SessionIndex index, ReadOnlySpan<HistoryEntry> session)
    {
        _votes.Clear();
        Continuations.Clear();
        _previous = session.Length > 1 ? session[^2].Item : Start;
        TakeItems(index, session);
        if (_itemCount == 0) return;
        Sample(index);
        // They lie all over the memory: a loop that does nothing else waits for many at a time.
        for (var i = 0; i < _heapCount; i++) _found[i] = index.Find(_heap[i].Number);
        for (var i = 0; i < _heapCount; i++)
            if (_found[i] is { } ended) VoteOf(ended, _heap[i]);
        Array.Clear(_found, 0, _heapCount);
        if (_options.RarenessWeight > 0) WeighRareness(index);
    }

    private static float Fall(double steps, double decay) => (float)Math.Exp(-steps / decay);

    // The last different items, latest first.
    private void TakeItems(SessionIndex index, ReadOnlySpan<HistoryEntry> session)
    {
        _itemCount = 0;
        for (var i = session.Length - 1; i >= 0 && _itemCount < _items.Length; i--)
        {
            var item = session[i].Item;
            if (Knows(item)) continue;
            var entries = index.EntriesOf(item);
            _items[_itemCount] = new()
            {
                Item = item,
                // Falls with the different items behind it: a click repeated ages nothing.
                Weight = session[i].Weight * _steps[_itemCount],
                Entries = entries,
                Left = entries.Count,
            };
            _items[_itemCount++].Advance();
        }
        if (!_options.LinearPositions) return;
        for (var i = 0; i < _itemCount; i++)
            _items[i].Weight *= (float)(_itemCount - i) / _itemCount;
    }

    private bool Knows(int item)
    {
        for (var i = 0; i < _itemCount; i++)
            if (_items[i].Item == item) return true;
        return false;
    }

    private void Sample(SessionIndex index)
    {
        var items = _items.AsSpan(0, _itemCount);
        var (oldest, now) = (index.OldestNumber, index.NextNumber);
        var decay = (float)(1 / _options.RecencyDecay);
        _heapCount = 0;
        for (var sampled = 0; sampled < _options.SampleSize; sampled++)
        {
            var entry = -1L;
            foreach (ref readonly var item in items) entry = Math.Max(entry, item.Head);
            var number = SessionPosting.NumberOf(entry);
            if (entry < 0 || number < oldest) return;
            var (similarity, latest) = (0f, -1);
            for (var i = 0; i < items.Length; i++)
            {
                if (items[i].Head != entry) continue;
                similarity += items[i].Weight;
                if (latest < 0) latest = i;
                items[i].Advance();
            }
            similarity *= _lengths[SessionPosting.LengthOf(entry)]
                * MathF.Exp(-decay * (now - number));
            Take(new(number, similarity, latest));
        }
    }

    // Keeps the most similar; of equal ones the most recent, which come first.
    private void Take(in Neighbour neighbour)
    {
        if (_heapCount < _heap.Length)
        {
            var at = _heapCount++;
            for (; at > 0 && neighbour.IsBelow(_heap[(at - 1) / 2]); at = (at - 1) / 2)
                _heap[at] = _heap[(at - 1) / 2];
            _heap[at] = neighbour;
            return;
        }
        if (!_heap[0].IsBelow(neighbour)) return;
        var place = 0;
        for (var child = 1; child < _heap.Length; child = (2 * place) + 1)
        {
            if (child + 1 < _heap.Length && _heap[child + 1].IsBelow(_heap[child])) child++;
            if (!_heap[child].IsBelow(neighbour)) break;
            _heap[place] = _heap[child];
            place = child;
        }
        _heap[place] = neighbour;
    }

    private void VoteOf(EndedSession ended, in Neighbour neighbour)
    {
        var cause = _items[neighbour.Latest].Item;
        var items = ended.Items.Span;
        // Its last visit to the common item: what it did there is behind it.
        var match = items.LastIndexOf(cause);
        var vote = neighbour.Similarity * _matches[neighbour.Latest];
        if (!(vote > 0)) return;
        for (var i = 0; i < items.Length; i++)
        {
            // The common item itself says nothing: every neighbour has it.
            if (i == match) continue;
            var weight = i > match ? _forward[i - match] : _backward[match - i];
            if (weight > 0) _votes.Add(items[i], vote * weight, cause);
        }
        if (neighbour.Latest == 0) Continue(items, cause, neighbour.Similarity);
    }

    private void Continue(ReadOnlySpan<int> items, int last, float vote)
    {
        for (var i = 0; i + 1 < items.Length; i++)
            if (items[i] == last && (i == 0 ? Start : items[i - 1]) == _previous)
                Continuations.Add(items[i + 1], vote, last);
    }

    private void WeighRareness(SessionIndex index)
    {
        var sessions = (float)index.Count;
        foreach (ref var entry in _votes.Entries)
        {
            var frequency = Math.Max(1, index.FrequencyOf(entry.Item));
            entry.Sum *= 1 + ((float)_options.RarenessWeight
                * MathF.Log(Math.Max(1, sessions / frequency)));
        }
    }
}
