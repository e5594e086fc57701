using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Models.Factorization;

namespace StreamCommerce.Engine.Recommendations.Newcomers;

/// <summary>
/// What the catalogue says of the factor of a product that a model has not seen: the parts that
/// categories, brands and attributes have in the factors of the products that it has
/// (<see cref="AttributeFactors"/>). Does not change; any thread.
/// </summary>
internal sealed class NewcomerPromises
{
    // The most popular are known best. More of them would hardly move the parts, and a model of a
    // million products is fitted within a second.
    private const int SampleLimit = 100_000;

    // What fewer products have says more of these than of the next one.
    private const int LeastProducts = 2;

    // 16 MB at 64 dimensions; the most frequent ones.
    private const int AttributeLimit = 65_536;

    private readonly Dictionary<(Kind Kind, int Label), int> _numbers;
    private readonly AttributeFactors _factors;

    private NewcomerPromises(Dictionary<(Kind Kind, int Label), int> numbers,
        AttributeFactors factors, int productCount) =>
        (_numbers, _factors, ProductCount) = (numbers, factors, productCount);

    private enum Kind
    {
        Category,
        Brand,
        Attribute,
    }

    /// <summary>Products that it could learn from.</summary>
    public int ProductCount { get; }

    /// <summary>Whether there is anything to learn from a product of the shelf.</summary>
    /// <param name="model">Which may know it.</param>
    /// <param name="number">Its number in the model, or -1. One whose factor has no length stood in
    /// the training data's list, but nobody took it.</param>
    public static bool CanLearnFrom(ServedModel model, int number) =>
        number >= 0 && model.InverseLengthOf(number) > 0;

    /// <summary>Learns from the products that are on the shelf and in the model.</summary>
    public static NewcomerPromises Fit(ServedModel model, Shelf shelf)
    {
        var factors = model.Factors!;
        var (sample, productCount) = Sample(model, shelf);
        var numbers = sample
            .SelectMany(known => LabelsOf(known.Product))
            .CountBy(label => label)
            .Where(counted => counted.Value >= LeastProducts)
            .OrderByDescending(counted => counted.Value)
            .ThenBy(counted => counted.Key)
            .Take(AttributeLimit)
            .Select((counted, number) => (counted.Key, number))
            .ToDictionary();
        var rows = new float[sample.Count * factors.Dimensions];
        for (var i = 0; i < sample.Count; i++)
            factors[sample[i].Number].CopyTo(rows.AsSpan(i * factors.Dimensions));
        return new(numbers, AttributeFactors.Fit(
            rows, factors.Dimensions,
            [.. sample.Select(known => NumbersOf(known.Product, numbers))], numbers.Count,
            isKnown: _ => true), productCount);
    }

    /// <summary>Writes the factor that a product may be expected to have: what all have in common
    /// where nothing else is known of it.</summary>
    /// <param name="product">What the catalogue says.</param>
    /// <param name="factor">Overwritten.</param>
    /// <returns>Whether anything else is known of it.</returns>
    public bool Write(ShelfProduct product, Span<float> factor)
    {
        var attributes = NumbersOf(product, _numbers);
        _factors.Predict(attributes, factor);
        return attributes.Length > 0;
    }

    private static (List<(int Number, ShelfProduct Product)> Sample, int All) Sample(
        ServedModel model, Shelf shelf)
    {
        var popularity = model.Model.Popularity;
        var all = new List<(int Number, ShelfProduct Product)>();
        for (var number = 0; number < model.Factors!.Count; number++)
        {
            if (CanLearnFrom(model, number) && shelf.Find(model.ItemOf(number)) is { } product)
                all.Add((number, product));
        }
        return all.Count <= SampleLimit ? (all, all.Count)
            : ([.. all.OrderByDescending(known => popularity.Span[known.Number])
                .ThenBy(known => known.Number).Take(SampleLimit)], all.Count);
    }

    private static IEnumerable<(Kind Kind, int Label)> LabelsOf(ShelfProduct product)
    {
        var labels = new List<(Kind Kind, int Label)>();
        foreach (var category in product.Categories) labels.Add((Kind.Category, category));
        if (product.Brand >= 0) labels.Add((Kind.Brand, product.Brand));
        foreach (var attribute in product.Attributes) labels.Add((Kind.Attribute, attribute));
        return labels.Distinct();
    }

    private static int[] NumbersOf(
        ShelfProduct product, Dictionary<(Kind Kind, int Label), int> numbers) =>
        [.. LabelsOf(product).Select(label => numbers.GetValueOrDefault(label, -1))
            .Where(number => number >= 0)];
}
