using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Models.Factorization;

/// <summary>How the factors are learnt; see <see cref="IalsTrainer"/> for the loss.</summary>
public sealed record IalsOptions
{
    private const string Positive = "above 0, and finite";

    /// <summary>Numbers of a factor at most: as many as can be searched.</summary>
    public const int DimensionLimit = ItemFactors.DimensionLimit;

    /// <summary>Numbers of a factor, 1 … <see cref="DimensionLimit"/>.</summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>Coordinates of a factor that are solved for at once, 16 … 256, rounded up to a
    /// multiple of 16. Where it is not less than the dimensions, rows are solved exactly.</summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>Times that all users and all items are solved for, 1 … 1,000.</summary>
    public int Epochs { get; init; } = 12;

    /// <summary>α: the weight of all pairs, seen or not; greater than 0.</summary>
    public double UnobservedWeight { get; init; } = 0.01;

    /// <summary>λ, before it is scaled by the frequency; greater than 0.</summary>
    public double Regularization { get; init; } = 0.003;

    /// <summary>ν: how λ grows with a row's frequency, 0 (not at all) … 2.</summary>
    public double FrequencyExponent { get; init; } = 1;

    /// <summary>e: how an item's share of α grows with its popularity, -2 … 2; 0: not at all.
    /// </summary>
    public double PopularityExponent { get; init; }

    /// <summary>γ: an item's scores are multiplied by its popularity over the mean one, to this
    /// power, -1 … 1; 0: not at all.</summary>
    public double ScoreExponent { get; init; }

    /// <summary>Standard deviation of the first items' factors, times √dimensions.</summary>
    public double InitialDeviation { get; init; } = 0.1;

    /// <summary>Of the first factors.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads at most; the factors do not depend on it.</summary>
    public int ThreadCount { get; init; } = 1;

    /// <exception cref="ArgumentException">An option is outside its limits.</exception>
    internal void Check()
    {
        Require(Dimensions is >= 1 and <= DimensionLimit, nameof(Dimensions),
            $"1 to {DimensionLimit}");
        Require(BlockSize is >= 16 and <= 256, nameof(BlockSize), "16 to 256");
        Require(Epochs is >= 1 and <= 1000, nameof(Epochs), "1 to 1000");
        Require(IsPositive(UnobservedWeight), nameof(UnobservedWeight), Positive);
        Require(IsPositive(Regularization), nameof(Regularization), Positive);
        Require(FrequencyExponent is >= 0 and <= 2, nameof(FrequencyExponent), "0 to 2");
        Require(IsPositive(InitialDeviation), nameof(InitialDeviation), Positive);
        Require(ThreadCount >= 1, nameof(ThreadCount), "at least 1");
        Require(PopularityExponent is >= -2 and <= 2, nameof(PopularityExponent), "-2 to 2");
        Require(ScoreExponent is >= -1 and <= 1, nameof(ScoreExponent), "-1 to 1");
    }

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);

    private static void Require(bool holds, string name, string range)
    {
        if (holds) return;
        throw new ArgumentException($"{name} is outside its limits: it must be {range}.", name);
    }
}
