using System.Collections.Concurrent;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Numbers the shop's products from 0, once for all partitions, models and the shelf, so that
/// serving works on arrays. Numbers are given once and live as long as the process; what is saved
/// names products by their text. Any thread.
/// </summary>
/// <param name="limit">Products at most; further ones have no number, and are not recommended.
/// </param>
public sealed class ItemNumbers(int limit)
{
    private readonly ConcurrentDictionary<Sku, int> _numbers = [];
    private readonly Lock _gate = new();
    // Replaced when it grows; a number is published by _count after its text stands in it.
    private Sku[] _skus = new Sku[1024];
    private int _count;

    /// <summary>All lower numbers are given.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The product of a given number.</summary>
    public Sku this[int number] => Volatile.Read(ref _skus)[number];

    /// <summary>The product's number, or -1 where it has none.</summary>
    public int Find(Sku sku) => _numbers.TryGetValue(sku, out var number) ? number : -1;

    /// <summary>The product's number, a new one at first; -1 where no place is left.</summary>
    public int Resolve(Sku sku)
    {
        if (_numbers.TryGetValue(sku, out var known)) return known;
        lock (_gate)
        {
            if (_numbers.TryGetValue(sku, out known)) return known;
            if (_count == limit) return -1;
            if (_count == _skus.Length)
            {
                var larger = new Sku[Math.Min((long)limit, 2L * _count)];
                _skus.CopyTo(larger, 0);
                Volatile.Write(ref _skus, larger);
            }
            _skus[_count] = sku;
            Volatile.Write(ref _count, _count + 1);
            _numbers[sku] = _count - 1;
            return _count - 1;
        }
    }
}
