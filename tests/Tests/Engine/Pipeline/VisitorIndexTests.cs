using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class VisitorIndexTests
{
    [Property]
    public void At_the_limit_the_longest_silent_are_forgotten_and_nobody_else(byte[] visits)
    {
        var forgotten = new List<int>();
        var index = new VisitorIndex(20, forgotten.Add);
        var lastSeen = new Dictionary<int, int>();
        for (var i = 0; i < visits.Length; i++)
        {
            if (!lastSeen.ContainsKey(visits[i]) && lastSeen.Count == 20)
            {
                foreach (var old in lastSeen.OrderBy(v => v.Value).Take(2).ToArray())
                    lastSeen.Remove(old.Key);
            }
            lastSeen[visits[i]] = i;
            index.Resolve(new VisitorId($"{visits[i]}"));
        }
        for (var visitor = 0; visitor < 256; visitor++)
        {
            Assert.Equal(
                lastSeen.ContainsKey(visitor), index.Find(new VisitorId($"{visitor}")) >= 0);
        }
    }

    [Property(MaxTest = 40)]
    public void Who_gets_a_forgotten_visitors_number_sees_nothing_of_its_state(int seed)
    {
        var events = new RandomShop(seed)
        {
            Visitors = 100,
            MeanStep = TimeSpan.FromSeconds(20),
        }.Events(1_500);
        using var run = new GraphRun(new EngineOptions { VisitorLimit = 10 });
        var random = new Random(seed);
        foreach (var part in events.Chunk(100))
        {
            run.Push(part);
            if (random.Next(2) == 0) run.Restart(everything: random.Next(2) == 0);
            foreach (var visitor in part.Select(e => e.Visitor).Distinct())
            {
                var number = run.Graph.Visitors.Find(visitor);
                if (number < 0) continue;
                var own = events.Where(e => e.Visitor == visitor).Select(e => e.Time.UtcTicks);
                foreach (var interaction in run.Get<ProfileProjection>()[number])
                    Assert.Contains(interaction.Ticks, own);
            }
        }
    }

    [Fact]
    public void A_lowered_limit_is_kept_from_the_next_new_visitor_on()
    {
        var index = new VisitorIndex(10, _ => { });
        for (var i = 0; i < 30; i++) index.Restore(new VisitorId($"{i}"));
        Assert.Equal(30, index.Count);

        index.Resolve(new VisitorId("new"));

        Assert.Equal(10, index.Count);
    }
}
