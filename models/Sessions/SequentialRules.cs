using System.Numerics;
using StreamCommerce.Models.Neighbours;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// From an item to those that follow it in sessions, near ones weighing more (sequential rules, as
/// in Ludewig, Jannach 2018). Learns one click at a time; bounded: of an item its heaviest
/// followers are kept (see <see cref="NeighbourRow"/>). Any thread: writers of one item take turns,
/// readers never wait.
/// </summary>
/// <param name="steps">Clicks back that a click is learnt from; one <c>n</c> steps back weighs
/// <c>1/n</c>.</param>
/// <param name="followerLimit">Followers kept of an item.</param>
public sealed class SequentialRules(int steps = 5, int followerLimit = 100)
{
    // A row's writers take turns at one of them: less than a lock in each of a million rows, and
    // more than all threads need to be rarely in each other's way.
    private readonly Lock[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];
    private readonly Lock _growing = new();
    private NeighbourRow?[] _rows = [];

    /// <summary>Followers that an item has at most.</summary>
    public int FollowerLimit => followerLimit;

    /// <summary>One more than the highest item that may have followers.</summary>
    public int ItemLimit => Volatile.Read(ref _rows).Length;

    /// <summary>Learns the last click of a session from those before it.</summary>
    /// <param name="session">Oldest first, this click its last.</param>
    public void Learn(ReadOnlySpan<int> session)
    {
        for (var step = 1; step <= steps && step < session.Length; step++)
            Add(session[^(step + 1)], session[^1], 1f / step);
    }

    /// <summary>Learns the same the other way round: from the last click to those before it.
    /// </summary>
    /// <param name="session">Oldest first, this click its last.</param>
    public void LearnBack(ReadOnlySpan<int> session)
    {
        if (session.Length < 2) return;
        var row = RowOf(session[^1]) ?? MakeRow(session[^1]);
        lock (GateOf(session[^1]))
        {
            for (var step = 1; step <= steps && step < session.Length; step++)
                row.Add(session[^(step + 1)], 1f / step, followerLimit);
        }
    }

    /// <summary>Adds a weight to a follower of an item.</summary>
    public void Add(int item, int follower, float weight)
    {
        var row = RowOf(item) ?? MakeRow(item);
        lock (GateOf(item)) row.Add(follower, weight, followerLimit);
    }

    /// <summary>Adds every follower's share of the item's weights, times a weight.</summary>
    internal void Vote(int item, float weight, ItemVotes votes) => Vote(item, weight, votes, item);

    /// <summary>The same because of another item, which led to this one.</summary>
    internal void Vote(int item, float weight, ItemVotes votes, int cause)
    {
        if (RowOf(item) is not { } row) return;
        var share = weight / (float)row.Total;
        if (!float.IsFinite(share)) return;
        foreach (ref readonly var cell in row.Cells)
        {
            var follower = NeighbourRow.Unpack(in cell);
            var vote = share * follower.Weight;
            if (vote > 0) votes.Add(follower.Item, vote, cause);
        }
    }

    /// <summary>Copies the followers of an item, in no order.</summary>
    /// <param name="item">The item.</param>
    /// <param name="followers">As long as <see cref="FollowerLimit"/>.</param>
    /// <returns>How many there are; 0 for one that nobody saw.</returns>
    public int CopyTo(int item, Span<Neighbour> followers) => RowOf(item)?.CopyTo(followers) ?? 0;

    /// <summary>The followers of an item, in no order; empty for one that nobody saw.</summary>
    public IEnumerable<Neighbour> Of(int item)
    {
        if (RowOf(item) is not { } row) yield break;
        for (var i = 0; i < row.Cells.Length; i++)
            yield return NeighbourRow.Unpack(in row.Cells[i]);
    }

    /// <summary>Sum of the weights of all followers an item ever had.</summary>
    public double TotalOf(int item) => RowOf(item)?.Total ?? 0;

    /// <summary>Puts an item's followers as they were saved.</summary>
    public void Restore(int item, double total, ReadOnlySpan<Neighbour> followers)
    {
        var row = RowOf(item) ?? MakeRow(item);
        lock (GateOf(item)) row.Restore(total, followers, followerLimit);
    }

    private Lock GateOf(int item) => _gates[item % _gates.Length];

    private NeighbourRow? RowOf(int item)
    {
        var rows = Volatile.Read(ref _rows);
        return (uint)item < (uint)rows.Length ? Volatile.Read(ref rows[item]) : null;
    }

    private NeighbourRow MakeRow(int item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        lock (_growing)
        {
            if (item >= _rows.Length)
            {
                var length = BitOperations.RoundUpToPowerOf2((uint)item + 1);
                var larger = new NeighbourRow?[(int)Math.Min(Array.MaxLength, length)];
                _rows.CopyTo(larger, 0);
                Volatile.Write(ref _rows, larger);
            }
            if (_rows[item] is { } row) return row;
            row = new();
            Volatile.Write(ref _rows[item], row);
            return row;
        }
    }
}
