using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>
/// The marks that a graph has still to pass while it reads the log again. Marks name visitors by
/// hash, so the numbers of those that are meant are noted as they come; without a mark ahead, as
/// nearly always, nothing is. Owned by the partition's thread.
/// </summary>
internal sealed class PendingForgets
{
    /// <summary>No mark ahead.</summary>
    public static readonly PendingForgets None = new([], 0, null);

    private readonly VisitorIndex? _visitors;
    private readonly Queue<ForgetMark> _marks;
    private readonly HashSet<ulong> _meant;
    private readonly Dictionary<ulong, int> _numbers = [];

    /// <param name="marks">In the order of their offsets.</param>
    /// <param name="from">The offset that is read next: marks below it were passed.</param>
    /// <param name="visitors">Those that are known at that offset.</param>
    public PendingForgets(IEnumerable<ForgetMark> marks, long from, VisitorIndex? visitors)
    {
        _visitors = visitors;
        _marks = new(marks.Where(mark => mark.Offset >= from));
        _meant = [.. _marks.Select(mark => mark.Visitor)];
        if (_marks.Count > 0 && visitors is not null)
            foreach (var number in visitors.Known) Note(visitors[number], number);
    }

    /// <summary>The offset of the next mark; the maximum where none is ahead.</summary>
    public long NextOffset => _marks.TryPeek(out var mark) ? mark.Offset : long.MaxValue;

    /// <summary>Takes notice of a visitor that has got a number.</summary>
    public void Note(VisitorId visitor, int number)
    {
        if (_marks.Count == 0) return;
        var hash = StableHash.Of(visitor.Value);
        if (_meant.Contains(hash)) _numbers[hash] = number;
    }

    /// <summary>The next mark that is not above an offset, with the visitor's number, or -1 where
    /// it is not known now.</summary>
    public bool TryTake(long offset, out ForgetMark mark, out int number)
    {
        number = -1;
        if (!_marks.TryPeek(out mark) || mark.Offset > offset) return false;
        _marks.Dequeue();
        // The number may be another visitor's by now.
        if (_numbers.TryGetValue(mark.Visitor, out var noted) && _visitors!.IsKnown(noted)
            && StableHash.Of(_visitors[noted].Value) == mark.Visitor) number = noted;
        return true;
    }
}
