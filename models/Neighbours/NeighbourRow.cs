using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamCommerce.Models.Neighbours;

/// <summary>
/// One item's heaviest neighbours. At the limit the lightest one gives its place and weight to the
/// newcomer, as in Space-Saving (Metwally, Agrawal, El Abbadi 2005), so that a weight is
/// overestimated by at most the lightest one. One thread adds at a time; any number read
/// meanwhile, without waiting: a neighbour and its weight change together, in one 64-bit write.
/// </summary>
internal sealed class NeighbourRow
{
    private ulong[] _cells = new ulong[4];
    private int _count;
    private double _total;

    /// <summary>Sum of all weights added, the lost neighbours' among them.</summary>
    public double Total
    {
        get => Volatile.Read(ref _total);
        set => Volatile.Write(ref _total, value);
    }

    /// <summary>The neighbours of this moment, for a loop: <c>Unpack</c> each.</summary>
    public ReadOnlySpan<ulong> Cells
    {
        get
        {
            // The count first: cells only grow, so they hold at least as many.
            var count = Volatile.Read(ref _count);
            return Volatile.Read(ref _cells).AsSpan(0, count);
        }
    }

    /// <summary>Reads a cell that another thread may be writing.</summary>
    public static Neighbour Unpack(ref readonly ulong cell)
    {
        var value = Volatile.Read(ref Unsafe.AsRef(in cell));
        return new((int)(uint)value, BitConverter.UInt32BitsToSingle((uint)(value >> 32)));
    }

    /// <summary>Copies the neighbours of this moment, in no order.</summary>
    /// <param name="neighbours">As long as the limit of neighbours.</param>
    /// <returns>How many there are.</returns>
    public int CopyTo(Span<Neighbour> neighbours)
    {
        var cells = Cells;
        for (var i = 0; i < cells.Length; i++) neighbours[i] = Unpack(in cells[i]);
        return cells.Length;
    }

    public void Add(int item, float weight, int limit)
    {
        Total += weight;
        var at = Find(item);
        if (at < 0 && _count == limit) at = FindLightest();
        if (at >= 0)
        {
            Put(at, item, Unpack(ref _cells[at]).Weight + weight);
            return;
        }
        if (_count == _cells.Length)
        {
            var larger = new ulong[Math.Min(limit, 2 * _count)];
            _cells.CopyTo(larger, 0);
            Volatile.Write(ref _cells, larger);
        }
        Put(_count, item, weight);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Puts neighbours as they were saved, heaviest or not, in their order.</summary>
    public void Restore(double total, ReadOnlySpan<Neighbour> neighbours, int limit)
    {
        Volatile.Write(ref _count, 0);
        foreach (var neighbour in neighbours) Add(neighbour.Item, neighbour.Weight, limit);
        Total = total;
    }

    private int Find(int item)
    {
        // Both halves of the cells as one row of words, which the processor compares eight at a
        // time: the item is the lower half, which stands first. A weight may look like the item.
        var words = MemoryMarshal.Cast<ulong, uint>(_cells.AsSpan(0, _count));
        for (var from = 0; ; from++)
        {
            var step = words[from..].IndexOf((uint)item);
            if (step < 0) return -1;
            from += step;
            if (from % 2 == 0) return from / 2;
        }
    }

    private int FindLightest()
    {
        var (lightest, lowest) = (-1, float.PositiveInfinity);
        for (var i = 0; i < _count; i++)
        {
            var weight = Unpack(ref _cells[i]).Weight;
            if (weight < lowest) (lightest, lowest) = (i, weight);
        }
        return lightest;
    }

    private void Put(int at, int item, float weight) => Volatile.Write(ref _cells[at],
        ((ulong)BitConverter.SingleToUInt32Bits(weight) << 32) | (uint)item);
}
