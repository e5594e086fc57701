using System.Globalization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Invented products, the same for the same seed and count. Popularity follows Zipf's law with
/// an offset (Mandelbrot's), categories share the products evenly, and each product lies near
/// its category in a space of tastes. Immutable; safe from any thread.
/// </summary>
public sealed class SimulatedCatalogue
{
    /// <summary>Numbers of a taste.</summary>
    public const int TasteDimensions = 8;

    /// <summary>The smallest catalogue: one product a category.</summary>
    public const int ProductCountMinimum = 12;

    /// <summary>The largest catalogue: about 400 MB.</summary>
    public const int ProductCountLimit = 1_000_000;

    private const double ZipfExponent = 0.9;
    private const double ZipfOffset = 5;
    private static readonly Currency Euro = Currency.Of("EUR");

    private readonly SimulatedProduct[] _products;
    private readonly AliasTable _popularity;
    private readonly AliasTable[] _popularityByCategory;
    private readonly float[][] _categoryTastes;

    private SimulatedCatalogue(int seed, int productCount)
    {
        var random = new SeededRandom(seed, StreamPurpose.Catalogue);
        var categories = CatalogueWords.Categories;
        CategoryPaths = [.. categories.Select(category => category.Path)];
        _categoryTastes = [.. categories.Select(_ => Tastes.Draw(random))];
        var ranks = Shuffled(productCount, random);
        var names = new ProductNames(random);
        _products = new SimulatedProduct[productCount];
        for (var i = 0; i < productCount; i++) _products[i] = Invent(i, ranks[i], names, random);

        var weights = Array.ConvertAll(ranks, Weight);
        _popularity = new AliasTable(weights);
        CategoryWeights = new double[categories.Length];
        _popularityByCategory = new AliasTable[categories.Length];
        for (var c = 0; c < categories.Length; c++)
        {
            var own = weights.Where((_, i) => i % categories.Length == c).ToArray();
            CategoryWeights[c] = own.Sum();
            _popularityByCategory[c] = new AliasTable(own);
        }
    }

    /// <summary>Invents a catalogue.</summary>
    /// <param name="seed">From 0; the same seed and count give the same catalogue.</param>
    /// <param name="productCount">
    /// <see cref="ProductCountMinimum"/> to <see cref="ProductCountLimit"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of its range.</exception>
    public static SimulatedCatalogue Create(int seed, int productCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfLessThan(productCount, ProductCountMinimum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(productCount, ProductCountLimit);
        return new SimulatedCatalogue(seed, productCount);
    }

    public IReadOnlyList<SimulatedProduct> Products => _products;

    /// <summary>
    /// All categories; a product's <see cref="SimulatedProduct.Category"/> is a place here.
    /// </summary>
    public IReadOnlyList<string> CategoryPaths { get; }

    /// <summary>How popular each category is with a shopper of no taste.</summary>
    internal double[] CategoryWeights { get; }

    internal ReadOnlySpan<float> CategoryTaste(int category) => _categoryTastes[category];

    /// <summary>A product by popularity alone, as an index.</summary>
    internal int Draw(SeededRandom random) => _popularity.Draw(random);

    /// <summary>A product of a category by popularity, as an index.</summary>
    internal int Draw(int category, SeededRandom random) =>
        (_popularityByCategory[category].Draw(random) * _popularityByCategory.Length) + category;

    private SimulatedProduct Invent(int index, int rank, ProductNames names, SeededRandom random)
    {
        var category = index % CatalogueWords.Categories.Length;
        var words = CatalogueWords.Categories[category];
        var (name, material, noun) = names.Next(category);
        // Half to double the level for two in three; 4.95 is the cheapest.
        var euros = Math.Max(5, Math.Round(words.PriceLevel * Math.Pow(2, random.Normal())));
        return new SimulatedProduct
        {
            Sku = new Sku(string.Create(CultureInfo.InvariantCulture, $"SIM-{index + 1:D6}")),
            Name = name,
            CategoryPath = words.Path,
            Category = category,
            Maker = Pick(CatalogueWords.MakerStarts) + Pick(CatalogueWords.MakerEnds) + " Works",
            Material = material,
            SearchTerm = $"{material} {noun}".ToLowerInvariant(),
            BasePrice = new Money((decimal)euros - 0.05m, Euro),
            // What sells more is stocked more, and nothing in even numbers.
            InitialStock = 20 + (int)(2_000 / (rank + ZipfOffset)) + random.Below(80),
            Taste = Tastes.Near(_categoryTastes[category], 0.6f, random),
        };

        string Pick(string[] from) => from[random.Below(from.Length)];
    }

    private static double Weight(int rank) => Math.Pow(rank + ZipfOffset, -ZipfExponent);

    private static int[] Shuffled(int count, SeededRandom random)
    {
        var numbers = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = random.Below(i + 1);
            numbers[i] = numbers[j];
            numbers[j] = i;
        }
        return numbers;
    }
}
