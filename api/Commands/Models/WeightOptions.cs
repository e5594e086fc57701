using System.CommandLine;
using System.Globalization;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>What events weigh in training, and in every factor that a published model folds in.
/// </summary>
internal sealed class WeightOptions
{
    private const double WeightLimit = 1_000;

    private static readonly string[] Kinds = ["view", "cart", "purchase"];

    private readonly Option<double?> _halfLife = new("--half-life")
    {
        Description = "Days after which an interaction counts half; as in --parameters, or " +
            "never, unless given. A --split has no such weights.",
        HelpName = "DAYS",
    };

    private readonly Option<string?> _weights = new("--event-weights")
    {
        Description = "What an event counts: view=1,cart=2,purchase=4, each above 0. Those not " +
            "named are as in --parameters, or as here. A --split has views only.",
        HelpName = "KIND=WEIGHT,…",
    };

    public WeightOptions()
    {
        _halfLife.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or > 0))
                result.AddError("--half-life must be above 0.");
        });
        _weights.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Parse(text) is null)
            {
                result.AddError($"--event-weights '{text}' is not of the form " +
                    $"view=1,cart=2,purchase=4, with weights above 0 and up to {WeightLimit}.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_halfLife);
        command.Options.Add(_weights);
    }

    /// <summary>What the command line says goes before what was tuned with.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="tuned">What a file says; null without one.</param>
    public FoldInParameters Read(ParseResult parsed, TunedWeights? tuned)
    {
        var usual = tuned?.ToWeights() ?? TrainingPlan.UsualWeights;
        var given = parsed.GetValue(_weights) is { } text ? Parse(text)! : [];
        return usual with
        {
            ViewWeight = given.GetValueOrDefault("view", usual.ViewWeight),
            CartWeight = given.GetValueOrDefault("cart", usual.CartWeight),
            PurchaseWeight = given.GetValueOrDefault("purchase", usual.PurchaseWeight),
            HalfLifeDays = parsed.GetValue(_halfLife) ?? usual.HalfLifeDays,
        };
    }

    // Null where it is of another form.
    private static Dictionary<string, double>? Parse(string text)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            var words = part.Split('=');
            if (words.Length != 2 || !Kinds.Contains(words[0]) || !double.TryParse(words[1],
                NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
                || weight is not (> 0 and <= WeightLimit) || !weights.TryAdd(words[0], weight))
                return null;
        }
        return weights;
    }
}
