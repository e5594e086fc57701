using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>How rankers are trained: seed, threads, decay, and one family's parameters.</summary>
internal sealed class TrainOptions
{
    private readonly TrainerFamilies _families;
    private readonly Option<string> _trainer;

    private readonly Option<string[]> _parameters = new("--parameter")
    {
        Description = "A parameter of the trainer; may be given several times.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string?> _file = new("--parameters")
    {
        Description = "Trainer and parameters as 'models tune --output' wrote them.",
        HelpName = "FILE",
    };

    private readonly Option<double?> _halfLife = new("--half-life")
    {
        Description = "Days after which an interaction counts half; never unless given.",
        HelpName = "DAYS",
    };

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
        _trainer = new("--trainer")
        {
            Description = "One of " +
                $"{string.Join(", ", families.All.Select(family => family.Name))}.",
            DefaultValueFactory = _ => FactorizationFamily.Name,
        };
        _trainer.AcceptOnlyFromAmong([.. families.All.Select(family => family.Name)]);
        _threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 256)
                result.AddError("--threads must be 1 to 256.");
        });
        _halfLife.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or > 0))
                result.AddError("--half-life must be above 0.");
        });
    }

    /// <summary>Adds what every training takes.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _halfLife, _seed, _threads })
            command.Options.Add(option);
    }

    /// <summary>Adds the choice of one family.</summary>
    public void AddTrainerTo(Command command) => command.Options.Add(_trainer);

    /// <summary>Adds the choice of its parameters.</summary>
    public void AddParametersTo(Command command)
    {
        command.Options.Add(_parameters);
        command.Options.Add(_file);
    }

    public RankerFamily Family(ParseResult parsed) =>
        _families.Find(parsed.GetRequiredValue(_trainer))!;

    public TrainingContext Context(ParseResult parsed, IProgress<double>? progress = null) =>
        new(parsed.GetValue(_seed), parsed.GetValue(_threads), progress);

    /// <summary>The family with its defaults.</summary>
    public TrainingPlan DefaultPlan(ParseResult parsed, RankerFamily family) =>
        new(family, new ParameterSet(family.Parameters), TrainingPlan.UsualWeights with
        {
            HalfLifeDays = parsed.GetValue(_halfLife) ?? double.PositiveInfinity,
        })
        {
            CodeVersion = CodeVersion,
        };

    /// <summary>The plan that the command line names.</summary>
    /// <exception cref="CommandFailedException">There is no such parameter, or a value is none.
    /// </exception>
    public TrainingPlan Plan(ParseResult parsed)
    {
        var chosen = new Dictionary<string, double>(StringComparer.Ordinal);
        var family = Family(parsed);
        if (parsed.GetValue(_file) is { } file)
        {
            var tuned = ReadFile(file);
            family = _families.Find(tuned.Trainer) ?? throw new CommandFailedException(
                $"{file}: this program has no trainer '{tuned.Trainer}'.");
            foreach (var (name, value) in tuned.Parameters) chosen[name] = value;
        }
        foreach (var text in parsed.GetValue(_parameters) ?? [])
        {
            var (name, value) = Parse(text);
            chosen[name] = value;
        }
        try
        {
            return DefaultPlan(parsed, family) with
            {
                Parameters = new ParameterSet(family.Parameters, chosen),
            };
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException($"Trainer {family.Name}: {e.Message}", e);
        }
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

    private static TunedParameters ReadFile(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(file), CommandJson.Default.TunedParameters)
                ?? throw new CommandFailedException($"{file} is empty.");
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(
                $"{file} holds no parameters of 'models tune': {e.Message}", e);
        }
    }
}

/// <summary>What <c>models tune</c> chose, as a file.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record TunedParameters(
    string Trainer, IReadOnlyDictionary<string, double> Parameters);
