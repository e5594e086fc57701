using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Tests.Models.Factorization;

/// <summary>Small histories, options and interactions, from a seed.</summary>
internal static class RandomShop
{
    /// <summary>Some users have no history, some items nobody, and items come again.</summary>
    public static Histories Histories(Random random, int users = 30, int items = 20) =>
        StreamCommerce.Models.Ranking.Histories.Of(
            Enumerable.Range(0, users).Select(_ => Interactions(random, random.Next(9), items - 2)),
            items);

    public static HistoryEntry[] Interactions(Random random, int count, int items) =>
        [.. Enumerable.Range(0, count).Select(_ => new HistoryEntry(
            random.Next(items), random.Next(2) == 0 ? 1 : 4 * random.NextSingle() + 0.01f))];

    public static IalsOptions Options(Random random) => new()
    {
        Dimensions = random.Next(1, 50),
        BlockSize = random.Next(2) == 0 ? 16 : 64,
        Epochs = random.Next(1, 4),
        UnobservedWeight = Math.Pow(10, -random.Next(4)),
        Regularization = Math.Pow(10, -random.Next(1, 3)),
        FrequencyExponent = random.Next(3) * 0.5,
        PopularityExponent = Exponent(random),
        Seed = random.Next(),
    };

    /// <summary>Parameters and factors that need not have been trained.</summary>
    public static FoldInParameters FoldInParameters(Random random) => new(
        Math.Pow(10, -random.Next(4)), Math.Pow(10, -random.Next(1, 3)), random.Next(3) * 0.5,
        PopularityExponent: Exponent(random), ScoreExponent: Exponent(random) / 2);

    public static float[] Factors(Random random, int count, int dimensions)
    {
        var factors = new float[count * dimensions];
        foreach (ref var value in factors.AsSpan()) value = random.NextSingle() - 0.3f;
        return factors;
    }

    private static double Exponent(Random random) =>
        random.Next(2) == 0 ? 0 : (2 * random.NextDouble()) - 1;
}
