namespace StreamCommerce.Models.Factorization;

/// <summary>How the factors are learnt; see <see cref="IalsTrainer"/> for the loss.</summary>
public sealed record IalsOptions
{
    /// <summary>Numbers of a factor.</summary>
    public const int DimensionLimit = 2048;

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
        Require(Dimensions is >= 1 and <= DimensionLimit, nameof(Dimensions));
        Require(BlockSize is >= 16 and <= 256, nameof(BlockSize));
        Require(Epochs is >= 1 and <= 1000, nameof(Epochs));
        Require(IsPositive(UnobservedWeight), nameof(UnobservedWeight));
        Require(IsPositive(Regularization), nameof(Regularization));
        Require(FrequencyExponent is >= 0 and <= 2, nameof(FrequencyExponent));
        Require(IsPositive(InitialDeviation), nameof(InitialDeviation));
        Require(ThreadCount >= 1, nameof(ThreadCount));
        Require(PopularityExponent is >= -2 and <= 2, nameof(PopularityExponent));
        Require(ScoreExponent is >= -1 and <= 1, nameof(ScoreExponent));
    }

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);

    private static void Require(bool holds, string name)
    {
        if (!holds) throw new ArgumentException($"{name} is outside its limits.", name);
    }
}
