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
        var chosen = _train.Families(parsed, RankerFamilies.For(_source.Protocol(parsed)));
        var set = await _source.ReadAsync(parsed, _service.Read(parsed), console, time, ct);
        var trials = await TuneAsync(parsed, chosen, set, ct);
        console.Show(MetricTables.OfTrials([.. trials.Take(ShownTrials)]));

        var best = trials.DistinctBy(trial => trial.Family).ToList();
        var measured = new List<Measured>();
        foreach (var trial in best)
        {
            var plan = _train.DefaultPlan(parsed, families.Find(trial.Family)!);
            measured.Add(await MeasureAsync("defaults", plan));
            measured.Add(await MeasureAsync(
                "tuned", plan with { Parameters = trial.Parameters }));
        }
        console.WriteLine("On the hold-out, which nothing was chosen by:");
        console.Show(MetricTables.Of(measured));
        if (parsed.GetValue(_output) is { } file)
        {
            await new TunedTrainers([.. best.Select(trial => new TunedTrainer(
                trial.Family, trial.Parameters.Values, trial.Objective))]).WriteAsync(file, ct);
            console.WriteLine($"The parameters are in {file}.");
        }
        return CommandLine.Done;

        async Task<Measured> MeasureAsync(string name, TrainingPlan plan)
        {
            var questions = set.Questions(plan.Weights);
            var one = await TrainingProgress.RunAsync(
                console, time, $"Training {plan.Family.Name} with {name}",
                progress => Measured.Of(
                    plan, questions, _train.Context(parsed, progress), time, ct), ct);
            return one with { Name = $"{plan.Family.Name}, {name}" };
        }
    }

    /// <summary>All trials of all families, the best first.</summary>
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
        var validation = set.Validation(
            _train.DefaultPlan(parsed, chosen[0]).Weights, context.Seed);
        var trials = new List<Trial>();
        foreach (var family in chosen)
        {
            var meter = new ProgressMeter(time, "trials") { Total = options.TrialLimit };
            await ProgressDisplay.RunAsync(console, time, $"Tuning {family.Name}", meter,
                () => Task.Run(() => trials.AddRange(new Tuner(options, time).Tune(
                    family, validation, new Counter(meter), ct)), ct));
        }
        return [.. trials.OrderByDescending(trial => trial.Objective)];
    }

    private sealed class Counter(ProgressMeter meter) : IProgress<Trial>
    {
        public void Report(Trial value) => meter.Add(1);
    }
}
