using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>Stopping and starting anywhere is as if it had never stopped.</summary>
public sealed class CheckpointTests
{
    [Property(MaxTest = 60)]
    public void A_shop_that_restarts_at_random_moments_answers_as_one_that_did_not(int seed) =>
        AssertSameAfterRestarts(seed, new RandomShop(seed) { Visitors = 40, Sources = 3 }, new());

    [Property(MaxTest = 60)]
    public void A_restart_forgets_the_same_visitors_and_nothing_of_the_others(int seed) =>
        AssertSameAfterRestarts(
            seed,
            new RandomShop(seed) { Visitors = 60, MeanStep = TimeSpan.FromMinutes(1) },
            new EngineOptions { VisitorLimit = 20 });

    [Property(MaxTest = 60)]
    public void A_restart_keeps_late_events_apart_as_before(int seed) =>
        AssertSameAfterRestarts(
            seed,
            new RandomShop(seed)
            {
                LateShare = 0.2,
                NamedShare = 0.1,
                MeanStep = TimeSpan.FromMinutes(30),
            },
            new());

    [Property(MaxTest = 40)]
    public void A_restart_recognizes_the_same_repeated_events(int seed)
    {
        var random = new Random(seed);
        var events = new RandomShop(seed).Events(400);
        var repeated = events.SelectMany((e, i) =>
            random.Next(2) == 0 ? [e] : new[] { e, events[random.Next(i + 1)] }).ToArray();
        AssertSameAfterRestarts(
            seed, repeated, new EngineOptions { DeduplicationEvents = 100, ProductLimit = 8 });
    }

    private static void AssertSameAfterRestarts(int seed, RandomShop shop, EngineOptions options) =>
        AssertSameAfterRestarts(seed, shop.Events(600), options);

    private static void AssertSameAfterRestarts(
        int seed, StreamCommerce.Ingest.Events.CommerceEvent[] events, EngineOptions options)
    {
        var random = new Random(seed);
        using var steady = new GraphRun(options);
        using var restarted = new GraphRun(options);
        var at = 0;
        while (at < events.Length)
        {
            var part = events.Skip(at).Take(random.Next(1, 120)).ToArray();
            at += part.Length;
            steady.Push(part);
            restarted.Push(part).Restart(everything: random.Next(3) == 0);
            Assert.Equal(Answers.Of(steady.Graph), Answers.Of(restarted.Graph));
        }
    }
}
