using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>A session that has ended.</summary>
/// <param name="Owner">The hash of the visitor's id.</param>
/// <param name="FirstTicks">Its first event, in UTC ticks.</param>
/// <param name="EndTicks">Its last event.</param>
/// <param name="Tag">What stands for the storefront's name of it, as in
/// <see cref="Sessions.SessionSpan"/>.</param>
/// <param name="Products">By their numbers in the partition, oldest first; null where the session
/// was removed.</param>
/// <param name="Clicks">A bit for each of them: whether it teaches what follows what.</param>
internal readonly record struct KeptSession(
    ulong Owner, long FirstTicks, long EndTicks, ushort Tag, int[]? Products, ulong Clicks);

/// <summary>
/// A partition's last sessions, in a ring; the newest takes the place of the oldest. An owner's
/// sessions are linked, so that one that goes on after all is found by a few steps. Owned by the
/// partition's thread.
/// </summary>
internal sealed class KeptSessions(int limit)
{
    // Grows to the limit: most partitions are far from it.
    private Place[] _places = [];
    // The number of each owner's last session.
    private readonly Dictionary<ulong, long> _lastOf = [];
    private readonly List<long> _removed = [];
    private long _next;
    private long _saved;

    private struct Place
    {
        /// <summary>Nobody's, which leads to no other.</summary>
        public static readonly Place Empty = new() { Before = -1, Indexed = -1 };

        public KeptSession Session;

        /// <summary>The number of the owner's session before it, or -1; also of one that was
        /// removed, whose products are null.</summary>
        public long Before;

        /// <summary>Its number in the shop's index, or -1.</summary>
        public long Indexed;
    }

    /// <summary>The sessions with their numbers, oldest first.</summary>
    public IEnumerable<(long Number, KeptSession Session)> All
    {
        get
        {
            for (var number = Oldest; number < _next; number++)
            {
                // What was never loaded, as the limit was raised since, may have no place.
                if (number % limit < _places.Length
                    && _places[number % limit].Session is { Products: not null } session)
                    yield return (number, session);
            }
        }
    }

    private long Oldest => Math.Max(0, _next - limit);

    /// <summary>Takes a session in.</summary>
    /// <returns>Its number.</returns>
    public long Add(KeptSession session)
    {
        ref var place = ref MakePlace();
        var before = _lastOf.GetValueOrDefault(session.Owner, -1);
        place = new() { Session = session, Before = before, Indexed = -1 };
        return _lastOf[session.Owner] = _next - 1;
    }

    /// <summary>Notes a session's number in the shop's index.</summary>
    public void SetIndexed(long number, long indexed) => _places[number % limit].Indexed = indexed;

    /// <summary>Removes an owner's session, if it is there: it has not ended after all.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="firstTicks">Its first event.</param>
    /// <param name="tag">Its name now; it may have had none when it was added.</param>
    /// <returns>Its number in the shop's index, or -1.</returns>
    public long Remove(ulong owner, long firstTicks, ushort tag)
    {
        for (var number = _lastOf.GetValueOrDefault(owner, -1); number >= Oldest;
            number = _places[number % limit].Before)
        {
            ref var place = ref _places[number % limit];
            if (place.Session.Products is null || place.Session.FirstTicks != firstTicks
                || place.Session.Tag != tag && place.Session.Tag != 0) continue;
            place.Session = place.Session with { Products = null };
            if (number < _saved) _removed.Add(number);
            return place.Indexed;
        }
        return -1;
    }

    /// <summary>Removes all that tells of an owner.</summary>
    /// <returns>How many sessions.</returns>
    public int Erase(ulong owner)
    {
        _lastOf.Remove(owner);
        var erased = 0;
        foreach (ref var place in _places.AsSpan())
        {
            if (place.Session.Owner != owner) continue;
            if (place.Session.Products is not null) erased++;
            place = Place.Empty;
        }
        return erased;
    }

    /// <summary>Places that tell of an owner, those of removed sessions too.</summary>
    public int CountOf(ulong owner)
    {
        var count = _lastOf.ContainsKey(owner) ? 1 : 0;
        foreach (ref readonly var place in _places.AsSpan())
            if (place.Session.Owner == owner) count++;
        return count;
    }

    public void Save(StateWriter output, bool everything)
    {
        if (everything) _removed.Clear();
        output.WriteCount(_removed.Count);
        foreach (var number in _removed) output.WriteNumber((ulong)number);
        _removed.Clear();
        var from = Math.Max(everything ? 0 : _saved, Oldest);
        output.WriteNumber((ulong)from);
        output.WriteCount((int)(_next - from));
        for (; from < _next; from++)
        {
            Write(output, from % limit < _places.Length
                ? _places[from % limit].Session : default);
        }
        _saved = _next;
    }

    public void Load(StateReader input)
    {
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var number = (long)input.ReadNumber();
            // Others have taken its place where the limit was lowered.
            if (number < Oldest || number % limit >= _places.Length) continue;
            ref var place = ref _places[number % limit];
            place.Session = place.Session with { Products = null };
        }
        var from = (long)input.ReadNumber();
        if (from < _next)
        {
            // All is told again: what was known would lead from a session to itself.
            _lastOf.Clear();
            Array.Fill(_places, Place.Empty);
        }
        _next = from;
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var length = input.ReadCount();
            if (length == 0) MakePlace() = Place.Empty;
            else Add(Read(input, length));
        }
        _saved = _next;
    }

    private static void Write(StateWriter output, in KeptSession session)
    {
        output.WriteCount(session.Products?.Length ?? 0);
        if (session.Products is not { } products) return;
        output.WriteUInt64(session.Owner);
        output.WriteSigned(session.EndTicks);
        output.WriteNumber((ulong)(session.EndTicks - session.FirstTicks));
        output.WriteCount(session.Tag);
        output.WriteNumber(session.Clicks);
        foreach (var product in products) output.WriteProduct(product);
    }

    private static KeptSession Read(StateReader input, int length)
    {
        var (owner, end) = (input.ReadUInt64(), input.ReadSigned());
        var first = end - (long)input.ReadNumber();
        var (tag, clicks) = ((ushort)input.ReadCount(), input.ReadNumber());
        var products = new int[length];
        // A limit of products that was lowered leaves some without a place.
        for (var i = 0; i < length; i++) products[i] = input.ReadProduct();
        return new(owner, first, end, tag, products, clicks);
    }

    /// <summary>The next place, and nothing left that leads to what was in it.</summary>
    private ref Place MakePlace()
    {
        Places.Ensure(ref _places, (int)(_next % limit));
        ref var place = ref _places[_next % limit];
        var owner = place.Session.Owner;
        if (_lastOf.TryGetValue(owner, out var last) && last <= _next - limit)
            _lastOf.Remove(owner);
        _next++;
        return ref place;
    }
}
