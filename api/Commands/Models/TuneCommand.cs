using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models tune</c>: chooses a trainer's parameters by questions that are cut from the training
/// part, so that the hold-out stays unseen, and then says what they are worth on it.
/// </summary>
internal sealed class TuneCommand(TrainerFamilies families, IAnsiConsole console, TimeProvider time)
{
    private const int ShownTrials = 10;

    private readonly ServiceOptions _service = new();
    private readonly SourceOptions _source = new();
    private readonly TrainOptions _train = new(families);

    private readonly Option<int> _trials = new("--trials")
    {
        Description = "Trials at most, 1 to 10000.",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<double> _minutes = new("--minutes")
    {
        Description = "Minutes at most; the first trial always ends.",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write what was chosen into a file, for 'models train --parameters'.",
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
        var command = new Command("tune", "Chooses a trainer's parameters on validation data.");
        verb._service.AddTo(command, serves: false);
        verb._source.AddTo(command);
        verb._train.AddTrainerTo(command);
        verb._train.AddTo(command);
        foreach (var option in new Option[] { verb._trials, verb._minutes, verb._output })
            command.Options.Add(option);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var plan = _train.DefaultPlan(parsed, _train.Family(parsed));
        var set = await _source.ReadAsync(parsed, _service.Read(parsed), console, time, ct);
        var questions = set.Questions(plan.Weights);
        var trials = await TuneAsync(parsed, plan, set, ct);
        console.Show(MetricTables.OfTrials([.. trials.Take(ShownTrials)]));

        var best = plan with { Parameters = trials[0].Parameters };
        var before = await MeasureAsync("defaults", plan);
        var after = await MeasureAsync("tuned", best);
        console.WriteLine("On the hold-out, which nothing was chosen by:");
        console.Show(MetricTables.Of([before, after]));
        if (parsed.GetValue(_output) is { } file)
        {
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(
                new TunedParameters(plan.Family.Name, best.Parameters.Values),
                CommandJson.Default.TunedParameters), ct);
            console.WriteLine($"The parameters are in {file}.");
        }
        return CommandLine.Done;

        async Task<Measured> MeasureAsync(string name, TrainingPlan measuredPlan)
        {
            var (measured, _) = await TrainingProgress.RunAsync(
                console, time, $"Training with {name}", progress => Measured.Train(
                    measuredPlan, questions, _train.Context(parsed, progress), time, ct), ct);
            return measured with { Name = $"{plan.Family.Name}, {name}" };
        }
    }

    private async Task<IReadOnlyList<Trial>> TuneAsync(
        ParseResult parsed, TrainingPlan plan, TrainingSet set, CancellationToken ct)
    {
        var context = _train.Context(parsed);
        var tuner = new Tuner(new TuningOptions
        {
            Seed = context.Seed,
            ThreadCount = context.ThreadCount,
            TrialLimit = parsed.GetValue(_trials),
            TimeLimit = TimeSpan.FromMinutes(parsed.GetValue(_minutes)),
        }, time);
        var validation = set.Validation(plan.Weights, context.Seed);
        var meter = new ProgressMeter(time, "trials") { Total = parsed.GetValue(_trials) };
        IReadOnlyList<Trial> trials = [];
        await ProgressDisplay.RunAsync(console, time, $"Tuning {plan.Family.Name}", meter,
            () => Task.Run(() => trials = tuner.Tune(
                plan.Family, validation, new Counter(meter), ct), ct));
        return trials;
    }

    private sealed class Counter(ProgressMeter meter) : IProgress<Trial>
    {
        public void Report(Trial value) => meter.Add(1);
    }
}
