using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Ingest.Datasets;

namespace StreamCommerce.Api.Commands;

/// <summary><c>replay DATASET</c>: sends a dataset's events to a running service.</summary>
internal sealed class ReplayCommand
{
    /// <summary>The dataset that comes with the program.</summary>
    public const string Sample = "sample";

    private readonly Argument<string> _dataset = new("DATASET")
    {
        Description = $"A file, plain or gzip; or '{Sample}': a month of UCI Online Retail, " +
            "which comes with the program.",
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = string.Join("; ", DatasetFormat.All.Select(f => $"{f.Name}: {f.Summary}")),
    };

    private readonly Option<ReplaySpeed> _speed = new("--speed")
    {
        Description = "How fast the dataset's time passes: 1x, 100x, …; max: without waiting.",
        HelpName = "100x|max",
        DefaultValueFactory = _ => ReplaySpeed.Max,
        CustomParser = result =>
        {
            if (!ReplaySpeed.TryParse(result.Tokens[0].Value, out var speed))
                result.AddError($"--speed '{result.Tokens[0].Value}' is neither 100x nor max.");
            return speed;
        },
    };

    private readonly Option<Uri> _to = new("--to")
    {
        Description = "The service.",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:5080"),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                && address.Scheme is "http" or "https")
            {
                return address;
            }
            result.AddError($"--to '{result.Tokens[0].Value}' is no URL as http://host:5080.");
            return null;
        },
    };

    private readonly Option<bool> _skipBad = new("--skip-bad")
    {
        Description = "Count bad rows and refused events, and go on without them.",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on where the last replay of this dataset stopped.",
    };

    private readonly Option<string> _state = new("--state")
    {
        Description = "Where to remember how far it is; DATASET.replay here unless given.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _catalogue = new("--catalogue")
    {
        Description = "Import the products first (online-retail only), so that they have names.",
    };

    private readonly Option<int> _connections = new("--connections")
    {
        Description = "Requests at one time, 1 to 64; a visitor's events stay in order.",
        DefaultValueFactory = _ => 4,
    };

    private ReplayCommand() => _connections.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is < 1 or > 64)
            result.AddError("--connections must be 1 to 64.");
    });

    /// <param name="console">Where to show progress and the summary.</param>
    /// <param name="time">The clock of the speed.</param>
    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var verb = new ReplayCommand();
        var command = new Command("replay", "Sends a dataset's events to a running service.")
        {
            verb._dataset, verb._format, verb._speed, verb._to, verb._skipBad, verb._resume,
            verb._state, verb._catalogue, verb._connections,
        };
        command.SetAction((parsed, ct) =>
            new Replay(verb.Read(parsed), console, time).RunAsync(ct));
        return command;
    }

    private ReplayOptions Read(ParseResult parsed)
    {
        var dataset = parsed.GetRequiredValue(_dataset);
        var formatName = parsed.GetValue(_format);
        if (dataset == Sample)
        {
            dataset = Path.Combine(
                AppContext.BaseDirectory, "samples", "online-retail-sample.csv.gz");
            formatName ??= "online-retail";
        }
        if (!DatasetFormat.TryParse(formatName, out var format))
        {
            throw new CommandFailedException(
                (formatName is null ? "--format is missing"
                    : $"--format '{formatName}' is unknown") +
                $"; say one of {string.Join(", ", DatasetFormat.All)}.");
        }
        var catalogue = parsed.GetValue(_catalogue);
        if (catalogue && format.Name != "online-retail")
            throw new CommandFailedException("--catalogue needs --format online-retail.");
        return new ReplayOptions
        {
            Dataset = dataset,
            Format = format,
            To = parsed.GetRequiredValue(_to),
            StateFile = parsed.GetValue(_state) ?? Path.GetFileName(dataset) + ".replay",
            Speed = parsed.GetValue(_speed),
            SkipBad = parsed.GetValue(_skipBad),
            Resume = parsed.GetValue(_resume),
            Catalogue = catalogue,
            Connections = parsed.GetValue(_connections),
        };
    }
}
