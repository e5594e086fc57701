using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models tune</c>: chooses the parameters of each trainer that suits the questions. It asks
/// questions that are cut from the training part, so that the hold-out stays unseen, and then says
/// what the parameters are worth on it.
/// </summary>
internal sealed class TuneCommand(TrainerFamilies families, IAnsiConsole console, TimeProvider time)
{
    private const int ShownTrials = 10;

    private readonly ServiceOptions _service = new();
    private readonly SourceOptions _source = new();
    private readonly TrainOptions _train = new(families);

    private readonly Option<int> _trials = new("--trials")
    {
        Description = "Trials of each trainer at most, 1 to 10000.",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "Minutes at most, shared by the trainers; the first trial of each always " +
            "ends.",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write what was chosen into a file, for --parameters of 'models train' " +
            "and 'models compare'.",
        HelpName = "FILE",
    };

    public static Command Create(
        TrainerFamilies families, IAnsiConsole console, TimeProvider time)
    {
        var verb = new TuneCommand(families, console, time);
        verb._trials.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
                result.AddError("--trials must be 1 to 10000.");
        });
        verb._minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 10_000))
                result.AddError("--minutes must be above 0, and at most 10000.");
        });
        var command = new Command("tune", "Chooses trainers' parameters on validation data.");
        verb._service.AddTo(command, serves: false);
        verb._source.AddTo(command);
        verb._train.AddTrainersTo(command);
        verb._train.AddTo(command);
        foreach (var option in new Option[] { verb._trials, verb._minutes, verb._output })
            command.Options.Add(option);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var named = _train.Families(parsed, []);
        var protocol = _source.Protocol(parsed, named);
        var chosen = named.Count > 0 ? named : RankerFamilies.For(protocol);
        foreach (var family in chosen)
        {
            if (TrainerFamilies.Refusal(family, protocol) is { } refusal)
                throw new CommandFailedException($"{family.Name} cannot be tuned: {refusal}.");
        }
        var set = await _source.ReadAsync(
            parsed, protocol, _service.Read(parsed), console, time, ct);
        var trials = await TuneAsync(parsed, chosen, set, ct);
        console.Show(MetricTables.OfTrials([.. trials.Take(ShownTrials)]));

        var best = trials.DistinctBy(trial => trial.Family).ToList();
        var run = new TrainingRun(_train.Context(parsed), console, time);
        var measured = new List<Measured>();
        foreach (var trial in best)
        {
            var plan = _train.PlanOf(parsed, families.Find(trial.Family)!, tuned: null);
            measured.Add(await run.MeasureAsync($"{trial.Family}, defaults", plan, set, ct));
            measured.Add(await run.MeasureAsync($"{trial.Family}, tuned",
                plan with { Parameters = trial.Parameters }, set, ct));
        }
        console.WriteLine("On the hold-out, which nothing was chosen by:");
        console.ShowMeasured(measured);
        if (parsed.GetValue(_output) is { } file) await WriteAsync(parsed, best, file, ct);
        return CommandLine.Done;
    }

    private async Task WriteAsync(
        ParseResult parsed, IReadOnlyList<Trial> best, string file, CancellationToken ct)
    {
        var weights = TunedWeights.Of(_train.WeightsOf(parsed, tuned: null));
        await new TunedTrainers([.. best.Select(trial => new TunedTrainer(
            trial.Family, trial.Parameters.Values, trial.Objective))], weights)
            .WriteAsync(file, ct);
        console.WriteLine($"The parameters are in {file}.");
    }

    /// <summary>All trials of all families, the best first. A family that fails leaves the trials
    /// that it had; one that fails at once leaves none.</summary>
    private async Task<IReadOnlyList<Trial>> TuneAsync(
        ParseResult parsed, IReadOnlyList<RankerFamily> chosen, TrainingSet set,
        CancellationToken ct)
    {
        var context = _train.Context(parsed);
        var options = new TuningOptions
        {
            Seed = context.Seed,
            ThreadCount = context.ThreadCount,
            TrialLimit = parsed.GetValue(_trials),
            TimeLimit = TimeSpan.FromMinutes(parsed.GetValue(_minutes)) / chosen.Count,
        };
        var validation = set.Validation(_train.WeightsOf(parsed, tuned: null), context.Seed);
        var trials = new List<Trial>();
        foreach (var family in chosen)
        {
            var meter = new ProgressMeter(time, "trials") { Total = options.TrialLimit };
            try
            {
                await ProgressDisplay.RunAsync(console, time, $"Tuning {family.Name}", meter,
                    () => Task.Run(() => new Tuner(options, time).Tune(
                        family, validation, new Collected(trials, meter), ct), ct));
            }
            catch (InvalidDataException e)
            {
                console.WriteLine($"{family.Name} was given up: {e.Message}");
            }
        }
        return trials.Count > 0 ? [.. trials.OrderByDescending(trial => trial.Objective)]
            : throw new CommandFailedException("No trainer could be tuned.");
    }

    private sealed class Collected(List<Trial> trials, ProgressMeter meter) : IProgress<Trial>
    {
        public void Report(Trial value)
        {
            trials.Add(value);
            meter.Add(1);
        }
    }
}
