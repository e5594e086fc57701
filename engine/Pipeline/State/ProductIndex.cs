using System.Runtime.InteropServices;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// Numbers a partition's products from 0 in the order of their first event, so that projections
/// keep arrays instead of dictionaries of text. Only grows.
/// </summary>
public sealed class ProductIndex : ICheckpointed
{
    private readonly int _limit;
    private readonly ItemNumbers? _items;
    private readonly FingerprintIndex _numbers = new();
    private readonly List<Sku> _skus = [];
    // Replaced when it grows, so that other threads may read it.
    private int[] _itemOf = new int[256];
    private int[] _productOf = [];
    private int _saved;

    /// <param name="limit">Products at most; further ones are not told apart.</param>
    /// <param name="items">The shop's own numbers, which each product gets, too; null where
    /// nobody asks for them.</param>
    public ProductIndex(int limit, ItemNumbers? items = null) => (_limit, _items) = (limit, items);

    public string Name => "products";

    public int Version => 1;

    public int Count => _skus.Count;

    /// <summary>Events' lines whose product found no place.</summary>
    public long Overflowed { get; private set; }

    public Sku this[int product] => _skus[product];

    /// <summary>The product's number, a new one at first; -1 where no place is left.</summary>
    public int Resolve(Sku sku)
    {
        var fingerprint = StableHash.Fingerprint(sku.Value);
        if (_numbers.Find(fingerprint) is var known and >= 0) return known;
        if (_skus.Count == _limit)
        {
            // Only garbage ids come in such numbers; memory for them would be lost to the shop.
            Overflowed++;
            return -1;
        }
        if (_skus.Count == _itemOf.Length)
        {
            var larger = new int[2 * _itemOf.Length];
            _itemOf.CopyTo(larger, 0);
            Volatile.Write(ref _itemOf, larger);
        }
        _itemOf[_skus.Count] = _items?.Resolve(sku) ?? -1;
        Note(_itemOf[_skus.Count], _skus.Count);
        _skus.Add(sku);
        return _numbers.Add(fingerprint);
    }

    /// <summary>The product's number, or -1 where no event named it yet.</summary>
    public int Find(Sku sku) => _numbers.Find(StableHash.Fingerprint(sku.Value));

    /// <summary>All products, by number. Valid until the next event.</summary>
    public ReadOnlySpan<Sku> All => CollectionsMarshal.AsSpan(_skus);

    /// <summary>The product's number in the whole shop, or -1 where it has none. Any thread, for
    /// a number that it has read from this partition's state.</summary>
    public int ItemOf(int product) => Volatile.Read(ref _itemOf)[product];

    /// <summary>The number here of a product by its number in the shop; -1 where no event named it
    /// yet. Any thread.</summary>
    public int FindItem(int item)
    {
        var products = Volatile.Read(ref _productOf);
        return (uint)item < (uint)products.Length ? products[item] - 1 : -1;
    }

    public void Save(StateWriter output, bool everything)
    {
        output.WriteNumber((ulong)Overflowed);
        var from = everything ? 0 : _saved;
        output.WriteCount(_skus.Count - from);
        for (var i = from; i < _skus.Count; i++) output.WriteText(_skus[i].Value);
        _saved = _skus.Count;
    }

    public void Load(StateReader input)
    {
        var overflowed = (long)input.ReadNumber();
        for (var count = input.ReadCount(); count > 0; count--)
            Resolve(new Sku(input.ReadText()));
        Overflowed = overflowed;
        _saved = _skus.Count;
    }

    private void Note(int item, int product)
    {
        if (item < 0) return;
        if (item >= _productOf.Length)
        {
            var larger = new int[Math.Max(item + 1, Math.Max(256, 2 * _productOf.Length))];
            _productOf.CopyTo(larger, 0);
            Volatile.Write(ref _productOf, larger);
        }
        // One more than the number: an empty place is 0.
        _productOf[item] = product + 1;
    }
}
