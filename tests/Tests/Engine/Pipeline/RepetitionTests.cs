using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Sales;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>Senders repeat when in doubt; an event counts once.</summary>
public sealed class RepetitionTests
{
    [Property(MaxTest = 60)]
    public void Events_that_come_again_change_nothing(int seed)
    {
        var random = new Random(seed);
        var events = new RandomShop(seed) { LateShare = 0.05 }.Events(300);
        using var once = new GraphRun();
        using var often = new GraphRun();
        foreach (var (e, i) in events.Select((e, i) => (e, i)))
        {
            once.Push(e);
            often.Push(e);
            while (random.Next(3) > 0) often.Push(events[random.Next(i + 1)]);
        }
        Assert.Equal(WithoutRepeated(once), WithoutRepeated(often));
    }

    [Property(MaxTest = 100)]
    public void An_event_is_recognized_as_long_as_the_window_promises(int seed, byte window)
    {
        var random = new Random(seed);
        var limit = window + 1_000;
        var events = new RandomShop(seed).Events(4 * limit);
        using var run = new GraphRun(
            new EngineOptions { DeduplicationEvents = limit }, _ => [new SalesProjection()]);
        foreach (var (e, i) in events.Select((e, i) => (e, i)))
        {
            run.Push(e);
            // Within the window: the last ones that were let pass, this one included.
            run.Push(events[i - random.Next(Math.Min(i + 1, limit))]);
        }
        Assert.Equal(events.Length, run.Graph.Deduplicator.Repeated);
        Assert.Equal(events.Length, run.Get<SalesProjection>().Sources.Values.Sum());
    }

    [Fact]
    public void The_same_id_from_two_shops_is_two_events()
    {
        var e = new RandomShop(1).Events(1)[0];
        using var run = new GraphRun();

        run.Push(e, e with { Source = "/another/shop" }, e);

        Assert.Equal(2, run.Get<SalesProjection>().Sources.Values.Sum());
        Assert.Equal(1, run.Graph.Deduplicator.Repeated);
    }

    private static string[] WithoutRepeated(GraphRun run) =>
        [.. Answers.Of(run.Graph).Where(line => !line.StartsWith("repeated", default))];
}
