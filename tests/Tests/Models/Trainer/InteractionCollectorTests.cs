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
    public void What_was_chosen_from_a_list_counts_as_a_view() => Assert.Equal(
        InteractionKind.View,
        Collect(TrainingSamples.Event("ann", 1, EventName.SelectItem, "a"))[0][0].Kind);

    [Fact]
    public void A_session_that_the_storefront_named_goes_on_after_a_silence()
    {
        var sessions = Sessions(
            View("ann", 0, "a", "morning"), View("ann", 90, "b", "morning"),
            View("ann", 91, "c", "evening"));

        Assert.Equal(["a b", "c"], sessions);
    }

    [Fact]
    public void Without_names_a_silence_of_more_than_half_an_hour_parts_sessions()
    {
        var sessions = Sessions(
            View("ann", 0, "a"), View("ann", 30, "b"), View("ann", 61, "c"));

        Assert.Equal(["a b", "c"], sessions);
    }

    [Fact]
    public void Sessions_come_in_the_order_in_which_they_ended_whoevers_they_are()
    {
        var sessions = Sessions(
            View("ann", 5, "a"), View("ann", 50, "b"), View("bob", 6, "c"), View("ann", 4, "d"));

        Assert.Equal(["d a", "c", "b"], sessions);
    }

    [Fact]
    public void A_product_that_is_viewed_and_put_into_the_cart_is_clicked_on_once()
    {
        var data = Collector(
            View("ann", 1, "a"), TrainingSamples.Event("ann", 2, EventName.AddToCart, "a"),
            View("ann", 3, "b"), View("ann", 4, "a"),
            TrainingSamples.Event("ann", 5, EventName.Purchase, "a", "b", "c")).BuildSessions();

        Assert.Equal(
            [(0, InteractionKind.Cart), (1, InteractionKind.View), (0, InteractionKind.Purchase),
                (2, InteractionKind.Purchase)],
            data[0].ToArray().Select(click => (click.Item, click.Kind)));
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
        Assert.Equal(Collector(events).BuildSessions().Hash(),
            Collector(shuffled).BuildSessions().Hash());
    }

    [Fact]
    public void More_interactions_than_fit_are_refused()
    {
        var collector = new InteractionCollector(interactionLimit: 1);
        collector.Add(TrainingSamples.Event("ann", 1, EventName.ViewItem, "a"));

        Assert.Throws<InvalidDataException>(
            () => collector.Add(TrainingSamples.Event("ann", 2, EventName.ViewItem, "b")));
    }

    private static CommerceEvent View(
        string visitor, int minute, string sku, string? session = null) =>
        TrainingSamples.Event(visitor, minute, EventName.ViewItem, sku) with
        {
            Session = session is null ? null : new SessionId(session),
        };

    /// <summary>Each session's products, in one text.</summary>
    private static IEnumerable<string> Sessions(params CommerceEvent[] events)
    {
        var data = Collector(events).BuildSessions();
        return Enumerable.Range(0, data.UserCount).Select(session => string.Join(
            ' ', data[session].ToArray().Select(click => data.Items[click.Item])));
    }

    private static TrainingData Collect(params CommerceEvent[] events) =>
        Collector(events).Build();

    private static InteractionCollector Collector(params CommerceEvent[] events)
    {
        var collector = new InteractionCollector();
        foreach (var e in events) collector.Add(e);
        return collector;
    }
}
