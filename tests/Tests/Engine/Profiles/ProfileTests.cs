using FsCheck.Xunit;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Profiles;

public sealed class ProfileTests
{
    [Property(MaxTest = 60)]
    public void A_profile_is_the_last_fifty_interactions_in_order_of_time(int seed)
    {
        var events = new RandomShop(seed) { Visitors = 3, LateShare = 0.1 }.Events(500);
        // Equal times, too: the first to arrive is the older.
        for (var i = 1; i < events.Length; i += 7)
            events[i] = events[i] with { Time = events[i - 1].Time };
        using var run = new GraphRun(build: graph => [new ProfileProjection(graph)]).Push(events);

        foreach (var visitor in events.GroupBy(e => e.Visitor))
        {
            var expected = visitor
                .Where(e => e.Name is EventName.SelectItem or EventName.ViewItem
                    or EventName.AddToCart or EventName.RemoveFromCart or EventName.Purchase)
                .SelectMany(e => e.Lines, (e, line) => (line.Sku, e.Time.UtcTicks, e.Name))
                .OrderBy(interaction => interaction.UtcTicks)
                .TakeLast(ProfileProjection.Limit);
            var actual = run.Get<ProfileProjection>()[run.Graph.Visitors.Find(visitor.Key)]
                .ToArray().Select(i => (run.Graph.Products[i.Product], i.Ticks, i.Name));
            Assert.Equal(expected, actual);
        }
    }
}
