using System.Numerics.Tensors;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// What an item's attributes (category, brand, …) say of its factor, for items that nobody has met
/// yet: the mean of all items and a part for each attribute, fitted to the factors of the items
/// that have it by ridge regression,
/// <code>Σ |h − mean − Σ v|² over the items  +  strength · Σ |v|² over the attributes,</code>
/// by exact steps for one attribute after the other (Gauss and Seidel), each of which makes that
/// sum smaller. A part is thus shrunk towards zero as if so many more items of no difference had
/// the attribute. Does not change; any thread.
/// </summary>
public sealed class AttributeFactors
{
    private const int SweepCount = 10;

    private readonly int _dimensions;
    private readonly float[] _mean;
    private readonly float[] _parts;

    private AttributeFactors(int dimensions, float[] mean, float[] parts) =>
        (_dimensions, _mean, _parts) = (dimensions, mean, parts);

    public int AttributeCount => _parts.Length / _dimensions;

    /// <summary>Learns from items that have factors.</summary>
    /// <param name="itemFactors">Item by item, finite.</param>
    /// <param name="dimensions">Numbers of a factor.</param>
    /// <param name="attributes">Each item's attributes, numbered from 0, each once.</param>
    /// <param name="attributeCount">Attributes there are.</param>
    /// <param name="isKnown">Whether an item's factor was learnt; others are passed over.</param>
    /// <param name="strength">Greater than 0.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, an attribute is outside the range,
    /// or the strength is not positive.</exception>
    public static AttributeFactors Fit(ReadOnlySpan<float> itemFactors, int dimensions,
        IReadOnlyList<IReadOnlyList<int>> attributes, int attributeCount,
        Func<int, bool> isKnown, double strength = 5)
    {
        if (!(strength > 0)) throw new ArgumentException("Not positive.", nameof(strength));
        if (itemFactors.Length != (long)attributes.Count * dimensions)
            throw new ArgumentException("Not one list an item.", nameof(attributes));
        var itemsOf = new List<int>[attributeCount];
        for (var i = 0; i < attributeCount; i++) itemsOf[i] = [];
        var mean = new float[dimensions];
        var knownCount = 0;
        for (var item = 0; item < attributes.Count; item++)
        {
            if (!isKnown(item)) continue;
            knownCount++;
            TensorPrimitives.Add(mean, itemFactors.Slice(item * dimensions, dimensions), mean);
            foreach (var attribute in attributes[item])
            {
                if ((uint)attribute >= (uint)attributeCount)
                    throw new ArgumentException($"There is no attribute {attribute}.",
                        nameof(attributes));
                itemsOf[attribute].Add(item);
            }
        }
        TensorPrimitives.Divide(mean, Math.Max(1, knownCount), mean);
        var residuals = itemFactors.ToArray();
        for (var item = 0; item < attributes.Count; item++)
        {
            var residual = residuals.AsSpan(item * dimensions, dimensions);
            TensorPrimitives.Subtract(residual, mean, residual);
        }
        var parts = new float[attributeCount * dimensions];
        for (var sweep = 0; sweep < SweepCount; sweep++)
        {
            for (var attribute = 0; attribute < attributeCount; attribute++)
            {
                FitOne(parts.AsSpan(attribute * dimensions, dimensions), itemsOf[attribute],
                    residuals, (float)strength);
            }
        }
        return new(dimensions, mean, parts);
    }

    /// <summary>Writes the factor that an item with some attributes may be expected to have.
    /// </summary>
    /// <param name="attributes">Its attributes; those outside the range are passed over.</param>
    /// <param name="factor">Overwritten; as long as the items' factors.</param>
    public void Predict(ReadOnlySpan<int> attributes, Span<float> factor)
    {
        factor = factor[.._dimensions];
        _mean.CopyTo(factor);
        foreach (var attribute in attributes)
        {
            if ((uint)attribute >= (uint)AttributeCount) continue;
            TensorPrimitives.Add(
                factor, _parts.AsSpan(attribute * _dimensions, _dimensions), factor);
        }
    }

    /// <summary>Moves an attribute's part to where the sum is least, all other parts given.
    /// </summary>
    private static void FitOne(
        Span<float> part, List<int> items, float[] residuals, float strength)
    {
        if (items.Count == 0) return;
        var change = new float[part.Length];
        foreach (var item in items)
        {
            TensorPrimitives.Add(
                change, residuals.AsSpan(item * part.Length, part.Length), change);
        }
        // The residuals lack the part as it was: it counts once for each of the items.
        TensorPrimitives.MultiplyAdd(part, items.Count, change, change);
        TensorPrimitives.Divide(change, items.Count + strength, change);
        TensorPrimitives.Subtract(change, part, change);
        TensorPrimitives.Add(part, change, part);
        foreach (var item in items)
        {
            var residual = residuals.AsSpan(item * part.Length, part.Length);
            TensorPrimitives.Subtract(residual, change, residual);
        }
    }
}
