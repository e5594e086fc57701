using FsCheck.Xunit;
using StreamCommerce.Models.Sessions;
using Xunit;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class SessionIndexTests
{
    private static readonly SessionIndexOptions _small = new()
    {
        SessionLimit = 40,
        PostingLimit = 9,
        SessionLength = 5,
    };

    // A posting at its limit does not bring back what was pushed out before others were forgotten.
    private static readonly SessionIndexOptions _wide = _small with { PostingLimit = 1000 };

    [Property(MaxTest = 200)]
    public void An_index_that_grew_and_forgot_the_oldest_answers_like_one_built_anew(int seed)
    {
        var sessions = RandomSessions.Of(seed, 150);
        var grown = new SessionIndex(_small);
        foreach (var session in sessions) grown.Add(session);

        var built = new SessionIndex(_small);
        foreach (var session in sessions.Where(s => s.Length > 1).TakeLast(40)) built.Add(session);

        Assert.Equal(RandomSessions.Answers(built, seed), RandomSessions.Answers(grown, seed));
    }

    [Property(MaxTest = 200)]
    public void A_session_that_was_taken_back_leaves_no_trace(int seed)
    {
        var random = new Random(seed);
        var (grown, built) = (new SessionIndex(_wide), new SessionIndex(_wide));
        foreach (var session in RandomSessions.Of(seed, 35).Where(s => s.Length > 1))
        {
            var number = grown.Add(session);
            if (random.Next(3) > 0) built.Add(session);
            else Assert.True(grown.Remove(number));
            Assert.Equal(grown.NextNumber - 1, number);
        }

        Assert.Equal(built.Sessions().Select(s => s.Items.ToArray()),
            grown.Sessions().Select(s => s.Items.ToArray()));
        Assert.All(Enumerable.Range(0, 40), item =>
            Assert.Equal(built.EntriesOf(item).Count, grown.EntriesOf(item).Count));
    }

    [Fact]
    public void What_is_not_there_any_more_cannot_be_taken_back()
    {
        var index = new SessionIndex(_small with { SessionLimit = 1 });
        var first = index.Add([1, 2]);
        var second = index.Add([3, 4]);

        Assert.False(index.Remove(first));
        Assert.False(index.Remove(-1));
        Assert.True(index.Remove(second));
        Assert.False(index.Remove(second));
        Assert.Equal(-1, index.Add([5]));
    }

    [Property(MaxTest = 200)]
    public void It_never_keeps_more_than_its_limits(int seed)
    {
        var index = new SessionIndex(_small);
        foreach (var session in RandomSessions.Of(seed, 200, items: 100)) index.Add(session);

        Assert.True(index.Count <= 40);
        Assert.Equal(index.Count, index.Sessions().Count());
        Assert.All(index.Sessions(), session => Assert.True(session.Items.Length <= 5));
        for (var item = 0; item < 100; item++)
        {
            Assert.True(index.EntriesOf(item).Count <= 9);
            Assert.Equal(index.Sessions().Count(s => s.Items.Span.Contains(item)),
                index.FrequencyOf(item));
            // Room is in proportion to what lives, so that yesterday's crowd takes none.
            Assert.True(index.PostingCapacityOf(item) <= 8 * Math.Max(4, index.FrequencyOf(item)));
        }
    }

    [Property(MaxTest = 200)]
    public void A_restored_index_answers_like_the_saved_one(int seed)
    {
        var index = new SessionIndex(_wide);
        foreach (var session in RandomSessions.Of(seed, 100))
            index.Add(session, owner: (ulong)session[0] + 1);
        index.Forget(4);

        var restored = new SessionIndex(_wide);
        restored.Restore(index.Sessions(), index.NextNumber);

        Assert.Equal(RandomSessions.Answers(index, seed), RandomSessions.Answers(restored, seed));
        Assert.Equal(index.Count, restored.Count);
    }

    [Property(MaxTest = 200)]
    public void A_larger_index_restored_into_a_smaller_one_keeps_the_newest(int seed)
    {
        var large = new SessionIndex(_wide with { SessionLimit = 90 });
        var small = new SessionIndex(_wide);
        foreach (var session in RandomSessions.Of(seed, 100))
        {
            large.Add(session, owner: (ulong)session[0] + 1);
            small.Add(session, owner: (ulong)session[0] + 1);
        }
        large.Forget(4);
        small.Forget(4);

        var restored = new SessionIndex(_wide);
        restored.Restore(large.Sessions(), large.NextNumber);

        Assert.Equal(small.Sessions().Select(s => s.Number),
            restored.Sessions().Select(s => s.Number));
        Assert.Equal(RandomSessions.Answers(small, seed), RandomSessions.Answers(restored, seed));
    }

    [Property(MaxTest = 200)]
    public void A_forgotten_owner_leaves_nothing_behind(int seed)
    {
        var sessions = RandomSessions.Of(seed, 60).Where(s => s.Length > 1).ToArray();
        var index = new SessionIndex(_wide);
        var without = new SessionIndex(_wide);
        for (var i = 0; i < sessions.Length; i++) index.Add(sessions[i], owner: 1 + (ulong)i % 3);
        for (var i = Math.Max(0, sessions.Length - 40); i < sessions.Length; i++)
            if (i % 3 != 1) without.Add(sessions[i]);

        var expected = index.Sessions().Count(session => session.Owner == 2);
        Assert.Equal(expected, index.Forget(2));

        Assert.Equal(0, index.Forget(2));
        Assert.DoesNotContain(index.Sessions(), session => session.Owner == 2);
        // Ages in sessions differ by those that are gone, so compare without them.
        var ageless = new NeighbourOptions { RecencyDecay = double.PositiveInfinity };
        Assert.Equal(RandomSessions.Answers(without, seed, ageless),
            RandomSessions.Answers(index, seed, ageless));
    }

    [Fact]
    public void A_session_is_found_as_soon_as_it_ends()
    {
        var index = new SessionIndex();
        index.Add([1, 2]);
        var best = new SessionCandidate[3];

        var count = new NeighbourSearch(new()).Find(index, new[] { 1 }.AsHistory(), best);

        Assert.Equal([new SessionCandidate(2, 1, Cause: 1)], best[..count]);
    }

    [Fact]
    public void Nobodys_sessions_are_not_forgotten()
    {
        var index = new SessionIndex();
        index.Add([1, 2]);

        Assert.Equal(0, index.Forget(0));

        Assert.Equal(1, index.Count);
    }

    [Fact]
    public async Task Questions_are_answered_while_sessions_come_and_go()
    {
        var index = new SessionIndex(_small);
        var sessions = RandomSessions.Of(seed: 3, 20_000);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            var asked = 0;
            do
            {
                foreach (var answer in RandomSessions.Answers(index, reader))
                {
                    Assert.All(answer, c => Assert.True(c.Score is > 0 and <= 1));
                    Assert.Equal(answer.Length, answer.DistinctBy(c => c.Item).Count());
                }
                Assert.True(index.Sessions().Count() <= 40);
                asked++;
            }
            while (!done.IsCancellationRequested);
            return asked;
        })).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(() =>
        {
            for (var i = writer; i < sessions.Length; i += 2)
            {
                index.Add(sessions[i], owner: 1 + (ulong)i % 100);
                if (i % 50 == 0) index.Forget(1 + (ulong)(i + 50) % 100);
            }
        })));
        await done.CancelAsync();

        Assert.All(await Task.WhenAll(readers), asked => Assert.True(asked > 0));
        for (var item = 0; item < 12; item++)
            Assert.Equal(index.Sessions().Count(s => s.Items.Span.Contains(item)),
                index.FrequencyOf(item));
    }
}
