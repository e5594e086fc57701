using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Benchmarks.Recommend;

/// <summary>
/// What visitors of a large shop look at: products belong to some hundreds or thousands of tastes
/// of uneven size, related tastes to themes; a visitor has a few tastes, and looks at the popular
/// products of a taste more often (both by power laws), and now and then at anything. So factors
/// that are trained on it have directions that products share, and lengths by popularity.
/// </summary>
internal sealed class TasteSimulation
{
    private const int TasteProducts = 400;
    private const int ThemeTastes = 25;
    private const int TasteLimit = 4;
    private const int HistoryLimit = 40;
    private const double OutsideShare = 0.12;

    private readonly Random _random;
    private readonly int _products;
    private readonly int[][] _members;
    private readonly double[][] _memberShares;
    private readonly double[] _tasteShares;
    private readonly int[] _themes;
    private readonly ILookup<int, int> _tastesOf;

    public TasteSimulation(int products, int seed)
    {
        (_products, _random) = (products, new Random(seed));
        var tastes = Math.Max(20, products / TasteProducts);
        _tasteShares = PowerLaw(tastes, skipped: 10, exponent: 0.8);
        // Every taste has a product.
        _members = [.. Enumerable.Range(0, products)
            .GroupBy(product => product < tastes ? product : Pick(_tasteShares))
            .OrderBy(taste => taste.Key).Select(taste => taste.ToArray())];
        _memberShares = [.. _members.Select(members =>
            PowerLaw(members.Length, skipped: 3, exponent: 0.9))];
        _themes = [.. _members.Select(_ => _random.Next((tastes / ThemeTastes) + 1))];
        _tastesOf = Enumerable.Range(0, tastes).ToLookup(taste => _themes[taste]);
    }

    /// <summary>Histories of visitors, each of 2 products to <see cref="HistoryLimit"/>.</summary>
    /// <param name="visitors">How many.</param>
    /// <param name="meanLength">Products that a visitor looks at, about.</param>
    public Histories Draw(int visitors, int meanLength)
    {
        var starts = new int[visitors + 1];
        var entries = new List<HistoryEntry>(visitors * meanLength);
        var tastes = new int[2 * TasteLimit];
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            var count = DrawTastes(tastes);
            var length = 2 + (int)(-Math.Log(1 - _random.NextDouble()) * (meanLength - 2));
            for (var i = Math.Min(length, HistoryLimit); i > 0; i--)
            {
                // The first tastes more than the last.
                var taste = _random.NextDouble() < OutsideShare ? Pick(_tasteShares)
                    : tastes[(int)(count * _random.NextDouble() * _random.NextDouble())];
                entries.Add(new(_members[taste][Pick(_memberShares[taste])]));
            }
            starts[visitor + 1] = entries.Count;
        }
        return new(starts, [.. entries], _products);
    }

    /// <summary>Some tastes, and of each one's theme another.</summary>
    private int DrawTastes(int[] tastes)
    {
        var count = 0;
        for (var i = _random.Next(TasteLimit); i >= 0; i--)
        {
            var taste = Pick(_tasteShares);
            var related = _tastesOf[_themes[taste]];
            tastes[count++] = taste;
            tastes[count++] = related.ElementAt(_random.Next(related.Count()));
        }
        return count;
    }

    private int Pick(double[] shares)
    {
        var at = Array.BinarySearch(shares, _random.NextDouble());
        return Math.Min(at < 0 ? ~at : at, shares.Length - 1);
    }

    /// <summary>For each rank the share of it and of those before.</summary>
    private static double[] PowerLaw(int count, int skipped, double exponent)
    {
        var shares = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++) shares[i] = sum += Math.Pow(i + skipped, -exponent);
        for (var i = 0; i < count; i++) shares[i] /= sum;
        return shares;
    }
}
