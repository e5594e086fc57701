using System.Numerics;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// From an item to its most recent sessions: the inverted index of VMIS-kNN (Kersbergen,
/// Sprangers, Schelter: Serenade, SIGMOD 2022), but incremental: a session is found as soon as it
/// has ended. Bounded in sessions, in sessions of an item and in items of a session; the oldest
/// session makes room for the newest.
/// </summary>
/// <remarks>
/// Any thread. Writers take turns at a lock, for about a microsecond. Readers never wait: whatever
/// they meet was written before it was published and is never overwritten.
/// <list type="bullet">
/// <item>A session is an object that does not change, in the place <c>number mod limit</c>. A
/// reader that finds another number there, or nothing, knows that the session is gone.</item>
/// <item>Postings are appended in the order of numbers, which the count publishes. A full array is
/// replaced by a copy of its living part; who still reads the old one sees what was true a moment
/// ago.</item>
/// </list>
/// </remarks>
public sealed class SessionIndex
{
    private readonly SessionIndexOptions _options;
    private readonly Lock _gate = new();
    private readonly EndedSession?[] _sessions;
    // Owners beside the sessions, so that finding one's sessions is one scan of plain numbers.
    private readonly ulong[] _owners;
    private SessionPosting?[] _postings = [];
    private long _next;
    private int _count;

    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1, or a session's length
    /// above 255.</exception>
    public SessionIndex(SessionIndexOptions? options = null)
    {
        _options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.SessionLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PostingLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.SessionLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            _options.SessionLength, SessionPosting.LengthLimit);
        _sessions = new EndedSession?[_options.SessionLimit];
        _owners = new ulong[_options.SessionLimit];
    }

    /// <summary>The number that the next session gets.</summary>
    public long NextNumber => Volatile.Read(ref _next);

    /// <summary>Sessions that can be found.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes up a session that has ended.</summary>
    /// <param name="items">Oldest first, none below 0; the last ones are kept of a long one. A
    /// session of fewer than two says nothing of what goes together, and is passed over.</param>
    /// <param name="owner">Whose it is, for <see cref="Forget"/>; 0 for nobody's.</param>
    /// <returns>Its number; -1 where it was passed over.</returns>
    public long Add(ReadOnlySpan<int> items, ulong owner = 0)
    {
        if (items.Length < 2) return -1;
        foreach (var item in items) ArgumentOutOfRangeException.ThrowIfNegative(item);
        var kept = LastOf(items.ToArray());
        lock (_gate)
        {
            Put(new(_next, owner, kept));
            return _next - 1;
        }
    }

    /// <summary>Removes a session that goes on after all.</summary>
    /// <param name="number">As <see cref="Add"/> gave it.</param>
    /// <returns>False where it is not there any more.</returns>
    public bool Remove(long number)
    {
        lock (_gate)
        {
            if (number < 0 || Find(number) is null) return false;
            Remove((int)(number % _options.SessionLimit), purge: true);
            return true;
        }
    }

    /// <summary>
    /// Takes up saved sessions, which keep their numbers, into an empty index; the newest of them
    /// where they are more than fit.
    /// </summary>
    /// <param name="sessions">As <see cref="Sessions"/> gave them.</param>
    /// <param name="nextNumber">What <see cref="NextNumber"/> was: ages are counted from it.
    /// </param>
    /// <exception cref="InvalidOperationException">The index is not empty.</exception>
    /// <exception cref="ArgumentException">The numbers do not rise.</exception>
    public void Restore(IEnumerable<EndedSession> sessions, long nextNumber)
    {
        lock (_gate)
        {
            if (_next != 0) throw new InvalidOperationException("The index is not empty.");
            foreach (var session in sessions)
            {
                if (session.Number < _next)
                    throw new ArgumentException("The numbers do not rise.", nameof(sessions));
                // What lies between was forgotten; what it pushes out goes with it.
                EvictThrough(session.Number - _options.SessionLimit);
                Put(session with { Items = LastOf(session.Items) });
            }
            if (nextNumber < _next)
                throw new ArgumentException("A session has a higher one.", nameof(nextNumber));
            EvictThrough(nextNumber - 1 - _options.SessionLimit);
            Volatile.Write(ref _next, nextNumber);
        }
    }

    /// <summary>All sessions, oldest first: what <see cref="Restore"/> takes. Sees the sessions
    /// that were there at its start, less those that are evicted or forgotten meanwhile.
    /// </summary>
    public IEnumerable<EndedSession> Sessions()
    {
        var end = NextNumber;
        for (var number = Math.Max(0, end - _options.SessionLimit); number < end; number++)
            if (Find(number) is { } session) yield return session;
    }

    /// <summary>Removes the sessions of an owner.</summary>
    /// <returns>How many there were.</returns>
    public int Forget(ulong owner)
    {
        if (owner == 0) return 0;
        var found = 0;
        lock (_gate)
        {
            for (var at = 0; ; at++)
            {
                var step = _owners.AsSpan(at).IndexOf(owner);
                if (step < 0) return found;
                at += step;
                // Also from the postings: a trace of it would take a place in every sample.
                Remove(at, purge: true);
                found++;
            }
        }
    }

    /// <summary>Sessions with the item that can be found; 0 for one that nobody saw.</summary>
    public int FrequencyOf(int item) => PostingOf(item)?.Living ?? 0;

    /// <summary>Room that the item's postings take, for those who check the bounds.</summary>
    internal int PostingCapacityOf(int item) => PostingOf(item)?.Capacity ?? 0;

    /// <summary>The item's sessions, the oldest first, some of them gone.</summary>
    internal ArraySegment<long> EntriesOf(int item) =>
        PostingOf(item)?.Entries(_options.PostingLimit) ?? [];

    /// <summary>The number of the oldest session that can be there.</summary>
    internal long OldestNumber => Math.Max(0, NextNumber - _options.SessionLimit);

    /// <summary>A session by its number; null where it was evicted or forgotten.</summary>
    internal EndedSession? Find(long number)
    {
        var session = Volatile.Read(ref _sessions[number % _options.SessionLimit]);
        return session?.Number == number ? session : null;
    }

    private ReadOnlyMemory<int> LastOf(ReadOnlyMemory<int> items) =>
        items[Math.Max(0, items.Length - _options.SessionLength)..];

    private SessionPosting? PostingOf(int item)
    {
        var postings = Volatile.Read(ref _postings);
        return (uint)item < (uint)postings.Length ? Volatile.Read(ref postings[item]) : null;
    }

    private void Put(EndedSession session)
    {
        var place = (int)(session.Number % _options.SessionLimit);
        Remove(place);
        _owners[place] = session.Owner;
        Volatile.Write(ref _sessions[place], session);
        var items = session.Items.Span;
        for (var i = 0; i < items.Length; i++)
            if (!items[..i].Contains(items[i])) Append(items[i], session);
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _next, session.Number + 1);
    }

    private void Append(int item, EndedSession session)
    {
        if (item >= _postings.Length)
        {
            var length = BitOperations.RoundUpToPowerOf2((uint)item + 1);
            var larger = new SessionPosting?[(int)Math.Min(Array.MaxLength, length)];
            _postings.CopyTo(larger, 0);
            Volatile.Write(ref _postings, larger);
        }
        var posting = _postings[item];
        if (posting is null || posting.IsFull)
        {
            posting = SessionPosting.Renew(posting, this, _options.PostingLimit);
            Volatile.Write(ref _postings[item], posting);
        }
        posting.Append(session.Number, session.Items.Length);
    }

    private void EvictThrough(long number)
    {
        for (var old = Math.Max(0, _next - _options.SessionLimit); old <= number && old < _next;
            old++)
            if (Find(old) is not null) Remove((int)(old % _options.SessionLimit));
    }

    private void Remove(int place, bool purge = false)
    {
        if (_sessions[place] is not { } session) return;
        Volatile.Write(ref _sessions[place], null);
        _owners[place] = 0;
        var items = session.Items.Span;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[..i].Contains(items[i])) continue;
            var posting = _postings[items[i]]!;
            posting.Living--;
            if (posting.Living == 0)
                posting = null;
            else if (purge || posting.IsMostlyEmpty)
                posting = SessionPosting.Renew(posting, this, _options.PostingLimit);
            else
                continue;
            Volatile.Write(ref _postings[items[i]], posting);
        }
        Volatile.Write(ref _count, _count - 1);
    }
}
