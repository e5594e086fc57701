using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Tuning;

public sealed class TunerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_top_of_a_hill_is_found()
    {
        var family = LandscapeFamily.Of((x, y) => (int)(90 - 5 * Math.Abs(x - 8) - 3 * y));

        var best = Tune(family, new TuningOptions())[0];

        Assert.Equal((8, 0), (best.Parameters["x"], best.Parameters["y"]));
        Assert.Equal(0.9, best.Objective, 1e-6);
    }

    [Fact]
    public void The_first_trial_is_made_of_the_defaults()
    {
        var trials = Tune(LandscapeFamily.Of((_, _) => 1), new TuningOptions { TrialLimit = 1 });

        Assert.Equal("x=5, y=5", Assert.Single(trials).Parameters.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    public void Nothing_is_tried_twice_and_the_limit_is_kept(int limit)
    {
        var trials = Tune(LandscapeFamily.Of((x, y) => (int)(x * y)),
            new TuningOptions { TrialLimit = limit });

        Assert.True(trials.Count <= limit);
        Assert.Equal(trials.Count,
            trials.Select(trial => trial.Parameters.ToString()).Distinct().Count());
    }

    [Fact]
    public void The_same_seed_tries_the_same()
    {
        var family = LandscapeFamily.Of((x, y) => (int)(40 + 20 * Math.Sin(x) + 20 * Math.Cos(y)));

        var options = new TuningOptions { Seed = 3 };
        Assert.Equal(Texts(Tune(family, options)), Texts(Tune(family, options)));
    }

    [Fact]
    public void When_the_time_is_over_the_best_until_then_is_chosen()
    {
        var family = LandscapeFamily.Of((x, _) => (int)x,
            trained: () => _time.Advance(TimeSpan.FromSeconds(10)));

        var trials = Tune(family, new() { TimeLimit = TimeSpan.FromSeconds(35) });

        // The fourth training ends behind the limit and is given up.
        Assert.Equal(3, trials.Count);
    }

    [Fact]
    public void What_makes_trials_long_is_moved_when_the_rest_is_found()
    {
        var family = LandscapeFamily.Of(
            (x, y) => (int)(90 - 5 * Math.Abs(x - 8) - 3 * y), isCostly: true);
        var inOrder = new List<Trial>();

        new Tuner(new(), _time).Tune(family, LandscapeFamily.Split,
            new Listener(inOrder), TestContext.Current.CancellationToken);

        Assert.Equal(0, inOrder.First(trial => trial.Parameters["x"] != 5).Parameters["y"]);
        Assert.Equal("x=8, y=0",
            inOrder.MaxBy(trial => trial.Objective)!.Parameters.ToString());
    }

    [Fact]
    public void Half_of_the_time_is_left_for_what_makes_trials_long()
    {
        var family = LandscapeFamily.Of((x, y) => (int)(50 + x - y),
            trained: () => _time.Advance(TimeSpan.FromSeconds(10)), isCostly: true);

        var trials = Tune(family, new() { TimeLimit = TimeSpan.FromSeconds(85) });

        Assert.Contains(trials, trial => trial.Parameters["x"] != 5);
        // The fifth and the ninth training end behind a limit and are given up.
        Assert.Equal(7, trials.Count);
    }

    [Fact]
    public void The_defaults_are_measured_however_short_the_time() =>
        Assert.Single(Tune(
            LandscapeFamily.Of((_, _) => 1, () => _time.Advance(TimeSpan.FromDays(1))),
            new() { TimeLimit = TimeSpan.FromSeconds(1) }));

    [Fact]
    public void Being_told_to_stop_is_no_end_of_the_time()
    {
        using var stop = new CancellationTokenSource();
        var family = LandscapeFamily.Of((_, _) => 1, stop.Cancel);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new Tuner(new(), _time).Tune(family, LandscapeFamily.Split, null, stop.Token));
    }

    private IReadOnlyList<Trial> Tune(RankerFamily family, TuningOptions options) =>
        new Tuner(options, _time).Tune(
            family, LandscapeFamily.Split, null, TestContext.Current.CancellationToken);

    private sealed class Listener(List<Trial> trials) : IProgress<Trial>
    {
        public void Report(Trial value) => trials.Add(value);
    }

    private static string[] Texts(IReadOnlyList<Trial> trials) =>
        [.. trials.Select(trial => trial.Parameters.ToString())];
}
