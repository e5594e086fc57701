using System.CommandLine;
using System.Globalization;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>How rankers are trained: seed, threads, decay, and one family's parameters.</summary>
internal sealed class TrainOptions
{
    private readonly TrainerFamilies _families;
    private readonly Option<string?> _trainer;
    private readonly Option<string[]> _trainers;

    private readonly Option<string[]> _parameters = new("--parameter")
    {
        Description = "A parameter of the trainer; may be given several times.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string?> _file = new("--parameters")
    {
        Description = "Trainers and parameters as 'models tune --output' wrote them.",
        HelpName = "FILE",
    };

    private readonly WeightOptions _weights = new();

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Of all that is drawn: the same seed gives the same model.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads at most; all cores unless given.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public TrainOptions(TrainerFamilies families)
    {
        _families = families;
        string[] names = [.. families.All.Select(family => family.Name)];
        _trainer = new("--trainer")
        {
            Description = $"One of {string.Join(", ", names)}; the best of --parameters unless " +
                $"given, or {FactorizationFamily.Name}.",
            HelpName = "NAME",
        };
        _trainer.AcceptOnlyFromAmong(names);
        _trainers = new("--trainers")
        {
            Description = $"Which ones, separated by spaces: {string.Join(", ", names)}.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        _trainers.AcceptOnlyFromAmong(names);
        _threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 256)
                result.AddError("--threads must be 1 to 256.");
        });
    }

    /// <summary>Adds what every training takes.</summary>
    public void AddTo(Command command)
    {
        _weights.AddTo(command);
        command.Options.Add(_seed);
        command.Options.Add(_threads);
    }

    /// <summary>Adds the choice of one family and its parameters.</summary>
    public void AddTrainerTo(Command command)
    {
        foreach (var option in new Option[] { _trainer, _parameters, _file })
            command.Options.Add(option);
    }

    /// <summary>Adds the choice of several families.</summary>
    public void AddTrainersTo(Command command) => command.Options.Add(_trainers);

    /// <summary>Adds the file of tuned parameters alone.</summary>
    public void AddFileTo(Command command) => command.Options.Add(_file);

    /// <summary>The families that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="usual">Those to take where it names none.</param>
    public IReadOnlyList<RankerFamily> Families(
        ParseResult parsed, IReadOnlyList<RankerFamily> usual) =>
        parsed.GetValue(_trainers) is { Length: > 0 } names
            ? [.. names.Select(name => _families.Find(name)!)] : usual;

    /// <summary>What was tuned before; null where the command line names no file.</summary>
    public TunedTrainers? Tuned(ParseResult parsed) =>
        parsed.GetValue(_file) is { } file ? TunedTrainers.Read(file) : null;

    public TrainingContext Context(ParseResult parsed, IProgress<double>? progress = null) =>
        new(parsed.GetValue(_seed), parsed.GetValue(_threads), progress);

    /// <summary>What events weigh.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="tuned">What a file says; null without one.</param>
    public FoldInParameters WeightsOf(ParseResult parsed, TunedTrainers? tuned) =>
        _weights.Read(parsed, tuned?.Weights);

    /// <summary>The family as it was tuned; with its defaults where it was not.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="family">The family.</param>
    /// <param name="tuned">What a file says; null without one.</param>
    /// <exception cref="CommandFailedException">The file has a parameter that there is not.
    /// </exception>
    public TrainingPlan PlanOf(ParseResult parsed, RankerFamily family, TunedTrainers? tuned) =>
        PlanOf(parsed, family, tuned, tuned?.ParametersOf(family.Name));

    private TrainingPlan PlanOf(ParseResult parsed, RankerFamily family, TunedTrainers? tuned,
        IReadOnlyDictionary<string, double>? chosen)
    {
        try
        {
            return new(family, new ParameterSet(family.Parameters, chosen),
                WeightsOf(parsed, tuned))
            {
                CodeVersion = CodeVersion,
            };
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException($"Trainer {family.Name}: {e.Message}", e);
        }
    }

    /// <summary>The plan that the command line names: a parameter of its own goes before one of
    /// its file.</summary>
    /// <exception cref="CommandFailedException">There is no such trainer or parameter, or a value
    /// is none.</exception>
    public TrainingPlan Plan(ParseResult parsed)
    {
        var tuned = Tuned(parsed);
        var name = parsed.GetValue(_trainer)
            ?? tuned?.Trainers[0].Trainer ?? FactorizationFamily.Name;
        var family = _families.Find(name) ?? throw new CommandFailedException(
            $"This program has no trainer '{name}'.");
        var chosen = new Dictionary<string, double>(
            tuned?.ParametersOf(name) ?? new Dictionary<string, double>(),
            StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(_parameters) ?? [])
        {
            var (parameter, value) = Parse(text);
            chosen[parameter] = value;
        }
        return PlanOf(parsed, family, tuned, chosen);
    }

    private static string CodeVersion =>
        typeof(TrainOptions).Assembly.GetName().Version?.ToString(3) ?? "";

    private static (string Name, double Value) Parse(string text)
    {
        var at = text.IndexOf('=');
        return at > 0 && double.TryParse(text.AsSpan(at + 1), NumberStyles.Float,
            CultureInfo.InvariantCulture, out var value) && !double.IsNaN(value)
            ? (text[..at], value)
            : throw new CommandFailedException(
                $"--parameter '{text}' is not of the form NAME=VALUE.");
    }
}
