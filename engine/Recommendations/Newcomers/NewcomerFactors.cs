using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Engine.Recommendations.Newcomers;

/// <summary>
/// Factors, at one moment, of products that a model has not seen: a small table beside the model's.
/// Does not change; any number of threads.
/// </summary>
internal sealed class NewcomerFactors
{
    // A thousand are scanned in some ten microseconds; of more, most are passed over as bytes.
    private const int PlainScanLimit = 1_000;

    private readonly int[] _items;
    private readonly float[] _inverseLengths;

    /// <param name="items">The shop's numbers, ascending.</param>
    /// <param name="factors">A factor each, finite.</param>
    public NewcomerFactors(int[] items, ItemFactors factors)
    {
        if (items.Length != factors.Count)
            throw new ArgumentException("Not one factor a product.", nameof(factors));
        (_items, Factors) = (items, factors);
        Search = factors.Count <= PlainScanLimit ? new ExactScan(factors)
            : new QuantizedScan(factors);
        _inverseLengths = factors.InverseLengths();
    }

    public int Count => _items.Length;

    /// <summary>The factors, by place.</summary>
    public ItemFactors Factors { get; }

    /// <summary>Finds places by their factors; exact.</summary>
    public IItemSearch Search { get; }

    /// <summary>The place of a product, from 0; negative where it has none.</summary>
    public int PlaceOf(int item) => Array.BinarySearch(_items, item);

    /// <summary>The product at a place, by its number in the shop.</summary>
    public int ItemOf(int place) => _items[place];

    /// <summary>What the factor at a place must be divided by for its length to be 1; 0 for one of
    /// length 0.</summary>
    public float InverseLengthOf(int place) => _inverseLengths[place];
}
