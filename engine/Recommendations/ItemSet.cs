using System.Numerics;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// A set of some hundred product numbers out of millions, to be used again and again: open
/// addressing with linear probing, and cleared by counting on a stamp. One thread at a time.
/// </summary>
internal sealed class ItemSet
{
    private int[] _items = new int[256];
    private uint[] _stamps = new uint[256];
    private uint _stamp = 1;
    private int _count;

    public int Count => _count;

    public void Clear()
    {
        _count = 0;
        if (++_stamp != 0) return;
        // Once in four billion times: stamps of long ago would be taken for today's.
        Array.Clear(_stamps);
        _stamp = 1;
    }

    /// <summary>False where the set holds it already.</summary>
    public bool Add(int item)
    {
        if (2 * _count >= _items.Length) Grow();
        var at = Find(item);
        if (_stamps[at] == _stamp) return false;
        (_items[at], _stamps[at]) = (item, _stamp);
        _count++;
        return true;
    }

    public bool Contains(int item) => _count > 0 && _stamps[Find(item)] == _stamp;

    private int Find(int item)
    {
        var mask = _items.Length - 1;
        // Fibonacci hashing: neighbouring numbers are spread over the table.
        var at = (int)((uint)item * 2_654_435_769u >> (32 - BitOperations.Log2((uint)mask + 1)));
        while (_stamps[at] == _stamp && _items[at] != item) at = (at + 1) & mask;
        return at;
    }

    private void Grow()
    {
        var (items, stamps) = (_items, _stamps);
        (_items, _stamps) = (new int[2 * items.Length], new uint[2 * items.Length]);
        for (var i = 0; i < items.Length; i++)
        {
            if (stamps[i] != _stamp) continue;
            var at = Find(items[i]);
            (_items[at], _stamps[at]) = (items[i], _stamp);
        }
    }
}
