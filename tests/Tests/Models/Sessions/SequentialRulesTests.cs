using FsCheck.Xunit;
using StreamCommerce.Models.Sessions;
using Xunit;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class SequentialRulesTests
{
    [Fact]
    public void A_nearer_item_weighs_more()
    {
        var rules = new SequentialRules(steps: 2);
        foreach (var length in new[] { 2, 3, 4 })
            rules.Learn(new[] { 1, 2, 3, 4 }.AsSpan(0, length));

        Assert.Equal([(2, 1f), (3, 0.5f)], rules.Of(1).Select(f => (f.Item, f.Weight)));
        Assert.Equal([(3, 1f), (4, 0.5f)], rules.Of(2).Select(f => (f.Item, f.Weight)));
        Assert.Equal(1.5, rules.TotalOf(2));
        Assert.Empty(rules.Of(4));
    }

    [Property(MaxTest = 100)]
    public void What_came_before_is_learnt_as_what_follows_in_the_session_turned_round(int seed)
    {
        var back = new SequentialRules(steps: 3, followerLimit: 4);
        var expected = new SequentialRules(steps: 3, followerLimit: 4);
        foreach (var session in RandomSessions.Of(seed, 50))
        {
            back.LearnBack(session);
            for (var step = 1; step <= 3 && step < session.Length; step++)
                expected.Add(session[^1], session[^(step + 1)], 1f / step);
        }
        for (var item = 0; item < 12; item++) Assert.Equal(expected.Of(item), back.Of(item));
    }

    [Property(MaxTest = 100)]
    public void An_item_keeps_its_heaviest_followers_and_no_more(int seed)
    {
        var rules = new SequentialRules(steps: 3, followerLimit: 4);
        foreach (var session in RandomSessions.Of(seed, 100))
            for (var length = 2; length <= session.Length; length++)
                rules.Learn(session.AsSpan(0, length));

        for (var item = 0; item < 12; item++)
        {
            Assert.True(rules.Of(item).Count() <= 4);
            // Space-Saving loses places, never weight.
            Assert.Equal(rules.TotalOf(item), rules.Of(item).Sum(f => (double)f.Weight), 1e-3);
        }
    }

    [Property(MaxTest = 100)]
    public void Restored_rules_are_the_saved_ones(int seed)
    {
        var rules = new SequentialRules(followerLimit: 4);
        foreach (var session in RandomSessions.Of(seed, 50)) rules.Learn(session);

        var restored = new SequentialRules(followerLimit: 4);
        for (var item = 0; item < rules.ItemLimit; item++)
            restored.Restore(item, rules.TotalOf(item), [.. rules.Of(item)]);

        for (var item = 0; item < rules.ItemLimit; item++)
        {
            Assert.Equal(rules.Of(item), restored.Of(item));
            Assert.Equal(rules.TotalOf(item), restored.TotalOf(item));
        }
    }

    [Fact]
    public async Task Writers_of_many_threads_lose_no_weight()
    {
        var rules = new SequentialRules(steps: 1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++) rules.Add(i % 100, i % 7, 1);
        })));

        Assert.Equal(20_000, Enumerable.Range(0, 100).Sum(rules.TotalOf));
    }
}
