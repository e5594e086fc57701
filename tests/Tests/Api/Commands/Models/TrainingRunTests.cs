using Spectre.Console;
using StreamCommerce.Api.Commands.Models;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;
using StreamCommerce.Tests.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands.Models;

public sealed class TrainingRunTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly TrainingRun _run;
    private readonly IAnsiConsole _console;

    public TrainingRunTests()
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Out = new AnsiConsoleOutput(_output),
        });
        _run = new TrainingRun(new TrainingContext(), _console, TimeProvider.System);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task A_trainer_that_diverges_leaves_a_row_and_the_others_their_figures()
    {
        var diverging = new RankerFamily("diverging", [],
            (_, _, _, _) => throw new InvalidDataException("The trainer has diverged."));
        var popularity = new TrainerFamilies([]).Find("popularity")!;

        Measured[] measured =
        [
            await _run.MeasureAsync("diverging", PlanOf(diverging), Set(), Ct),
            await _run.MeasureAsync("popularity", PlanOf(popularity), Set(), Ct),
        ];
        _console.ShowMeasured(measured);

        Assert.Equal([true, false], measured.Select(one => one.Metrics is null));
        Assert.Contains("diverging was not measured: The trainer has diverged.",
            _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_questions_do_not_suit_is_told_and_not_trained()
    {
        var vstan = new TrainerFamilies([]).Find("vstan")!;

        var measured = await _run.MeasureAsync("vstan", PlanOf(vstan) with
        {
            Family = vstan with { Train = (_, _, _, _) => throw new NotSupportedException() },
        }, Set(), Ct);

        Assert.Contains("--protocol next-item", measured.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measuring_has_a_bar_of_its_own()
    {
        await _run.MeasureAsync(
            "popularity", PlanOf(new TrainerFamilies([]).Find("popularity")!), Set(), Ct);

        Assert.Contains("Measuring popularity: 100 of 100 percent", _output.ToString(),
            StringComparison.Ordinal);
    }

    private static TrainingSet Set() => TrainingSet.Of(HoldOut.OfLast(
        TrainingSamples.Data(TrainingSamples.TwoTastes(1)), 0.2, new TopNProtocol()), 0.2);

    private static TrainingPlan PlanOf(RankerFamily family) =>
        new(family, new ParameterSet(family.Parameters), TrainingPlan.UsualWeights);
}
