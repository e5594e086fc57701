using FsCheck.Xunit;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class InteractionCollectorTests
{
    [Fact]
    public void Views_carts_and_purchases_count_and_nothing_else()
    {
        var data = Collect(
            TrainingSamples.Event("ann", 1, EventName.ViewItem, "a"),
            TrainingSamples.Event("ann", 2, EventName.AddToCart, "a"),
            TrainingSamples.Event("ann", 3, EventName.RemoveFromCart, "a"),
            TrainingSamples.Event("ann", 4, EventName.Purchase, "a", "b"),
            TrainingSamples.Event("ann", 5, EventName.Refund, "b"));

        Assert.Equal(["a", "b"], data.Items);
        Assert.Equal(
            [(0, InteractionKind.View), (0, InteractionKind.Cart), (0, InteractionKind.Purchase),
                (1, InteractionKind.Purchase)],
            data[0].ToArray().Select(interaction => (interaction.Item, interaction.Kind)));
    }

    [Fact]
    public void An_event_that_comes_twice_counts_once()
    {
        var view = TrainingSamples.Event("ann", 1, EventName.ViewItem, "a");

        Assert.Equal(1, Collect(view, view).InteractionCount);
    }

    [Property(MaxTest = 50)]
    public void The_order_of_the_events_does_not_matter(int seed)
    {
        var random = new Random(seed);
        var events = Enumerable.Range(0, 60).Select(i => TrainingSamples.Event(
            $"v{random.Next(5)}", i, EventName.ViewItem, $"s{random.Next(8)}")).ToArray();
        var shuffled = events.ToArray();
        random.Shuffle(shuffled);

        Assert.Equal(Collect(events).Hash(), Collect(shuffled).Hash());
    }

    [Fact]
    public void More_interactions_than_fit_are_refused()
    {
        var collector = new InteractionCollector(interactionLimit: 1);
        collector.Add(TrainingSamples.Event("ann", 1, EventName.ViewItem, "a"));

        Assert.Throws<InvalidDataException>(
            () => collector.Add(TrainingSamples.Event("ann", 2, EventName.ViewItem, "b")));
    }

    private static TrainingData Collect(params CommerceEvent[] events)
    {
        var collector = new InteractionCollector();
        foreach (var e in events) collector.Add(e);
        return collector.Build();
    }
}
