using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// Numbers a partition's recent visitors, so that projections keep arrays instead of
/// dictionaries. At its limit the tenth that was silent longest is forgotten, everywhere, and its
/// numbers are given anew. What is forgotten depends on the events alone, so that a replay
/// forgets the same.
/// </summary>
public sealed class VisitorIndex : ICheckpointed
{
    private readonly int _limit;
    private readonly Action<int> _forget;
    private readonly Lock _view;
    private readonly Dictionary<VisitorId, int> _numbers = [];
    private readonly Stack<int> _free = [];
    private VisitorId[] _visitors = new VisitorId[1024];
    private long[] _lastSeen = new long[1024];
    private DirtyNumbers _changed = new();
    private readonly List<VisitorId> _forgotten = [];
    private int _highest;
    private long _now;

    /// <param name="limit">Visitors at most.</param>
    /// <param name="forget">Clears all that is kept of a number, under the view's lock.</param>
    /// <param name="view">Held while numbers change hands (<see cref="PartitionGraph.View"/>).
    /// </param>
    public VisitorIndex(int limit, Action<int> forget, Lock? view = null) =>
        (_limit, _forget, _view) = (limit, forget, view ?? new Lock());

    public string Name => "visitors";

    public int Version => 1;

    public int Count => _numbers.Count;

    /// <summary>The numbers of all that are known now.</summary>
    public IReadOnlyCollection<int> Known => _numbers.Values;

    public VisitorId this[int visitor] => _visitors[visitor];

    /// <summary>The visitor's number, a new one where it has none; notes that it was seen.
    /// </summary>
    public int Resolve(VisitorId visitor) => Resolve(visitor, out _);

    /// <inheritdoc cref="Resolve(VisitorId)"/>
    public int Resolve(VisitorId visitor, out bool isNew)
    {
        isNew = false;
        if (!_numbers.TryGetValue(visitor, out var number))
        {
            if (_numbers.Count >= _limit) ForgetOldest();
            isNew = true;
            number = Add(visitor);
        }
        _lastSeen[number] = ++_now;
        _changed.Add(number);
        return number;
    }

    /// <summary>Whether the number is some visitor's now.</summary>
    public bool IsKnown(int number) => _visitors[number].Value is not null;

    /// <summary>The visitor's number, or -1 where it has none. Any thread that holds the view's
    /// lock.</summary>
    public int Find(VisitorId visitor) => _numbers.GetValueOrDefault(visitor, -1);

    /// <summary>
    /// The number of a visitor whose state is loaded, which is no visit: where it is new it counts
    /// as the longest silent, and nobody is forgotten for it before the next visit.
    /// </summary>
    public int Restore(VisitorId visitor)
    {
        if (_numbers.TryGetValue(visitor, out var known)) return known;
        var number = Add(visitor);
        _lastSeen[number] = 0;
        _changed.Add(number);
        return number;
    }

    /// <summary>Forgets a known visitor, everywhere; its number is given anew.</summary>
    public void Forget(int number)
    {
        using var changing = _view.EnterScope();
        _forget(number);
        _forgotten.Add(_visitors[number]);
        _numbers.Remove(_visitors[number]);
        _visitors[number] = default;
        _free.Push(number);
    }

    public void Save(StateWriter output, bool everything)
    {
        output.WriteCount(everything ? 0 : _forgotten.Count);
        if (!everything) foreach (var visitor in _forgotten) output.WriteText(visitor.Value);
        _forgotten.Clear();

        var numbers = everything ? [.. _numbers.Values] : _changed.Numbers.ToArray();
        var alive = numbers.Where(n => _visitors[n].Value is not null)
            .OrderBy(n => _lastSeen[n]).ToArray();
        output.WriteCount(alive.Length);
        foreach (var number in alive)
        {
            output.WriteText(_visitors[number].Value);
            output.WriteNumber((ulong)_lastSeen[number]);
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        for (var count = input.ReadCount(); count > 0; count--)
        {
            if (_numbers.TryGetValue(new VisitorId(input.ReadText()), out var number))
                Forget(number);
        }
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var number = Restore(new VisitorId(input.ReadText()));
            _now = (long)input.ReadNumber();
            _lastSeen[number] = _now;
        }
        _forgotten.Clear();
        _changed.Clear();
    }

    private void ForgetOldest()
    {
        var alive = _numbers.Values.ToArray();
        Array.Sort(alive, (a, b) => _lastSeen[a].CompareTo(_lastSeen[b]));
        // More than a tenth where a restart has lowered the limit.
        var count = alive.Length - _limit + Math.Max(1, _limit / 10);
        foreach (var number in alive.AsSpan(0, count)) Forget(number);
    }

    private int Add(VisitorId visitor)
    {
        using var changing = _view.EnterScope();
        var number = _free.Count > 0 ? _free.Pop() : _highest++;
        if (number >= _visitors.Length)
        {
            Array.Resize(ref _visitors, 2 * number);
            Array.Resize(ref _lastSeen, 2 * number);
        }
        _visitors[number] = visitor;
        _numbers.Add(visitor, number);
        return number;
    }
}
