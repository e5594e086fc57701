using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Factorization;

/// <summary>The family <c>ials</c>: implicit alternating least squares.</summary>
public static class FactorizationFamily
{
    public const string Name = "ials";

    public static readonly RankerFamily Ials = new(Name,
    [
        new("unobservedWeight", 0.01, [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3]),
        new("regularization", 0.003, [0.0005, 0.001, 0.003, 0.006, 0.01, 0.03]),
        new("popularityExponent", 0.5, [-0.25, 0, 0.25, 0.35, 0.5, 0.65, 0.8]),
        new("scoreExponent", 0.1, [-0.1, 0, 0.05, 0.1, 0.15, 0.2]),
        new("frequencyExponent", 1, [0, 0.5, 0.75, 1, 1.25]),
        new("epochs", 8, [4, 6, 8, 12, 16]),
        new("dimensions", 64, [16, 32, 64, 128, 256, 512]) { IsCostly = true },
    ], Train);

    /// <summary>Options of the trainer by a set of the family's parameters.</summary>
    public static IalsOptions OptionsOf(ParameterSet parameters, TrainingContext context) => new()
    {
        Dimensions = parameters.GetInt32("dimensions"),
        Epochs = parameters.GetInt32("epochs"),
        UnobservedWeight = parameters["unobservedWeight"],
        Regularization = parameters["regularization"],
        FrequencyExponent = parameters["frequencyExponent"],
        PopularityExponent = parameters["popularityExponent"],
        ScoreExponent = parameters["scoreExponent"],
        Seed = context.Seed,
        ThreadCount = context.ThreadCount,
    };

    /// <summary>How a visitor's factor follows in a model that was trained with the options.
    /// </summary>
    public static FoldInParameters FoldInOf(IalsOptions options) =>
        new(options.UnobservedWeight, options.Regularization, options.FrequencyExponent,
            PopularityExponent: options.PopularityExponent, ScoreExponent: options.ScoreExponent);

    private static FactorizationRanker Train(Histories histories, ParameterSet parameters,
        TrainingContext context, CancellationToken ct)
    {
        var options = OptionsOf(parameters, context);
        var model = IalsTrainer.Train(histories, options, context.Progress, ct);
        return new(model, FoldInOf(options), context.ThreadCount);
    }
}
