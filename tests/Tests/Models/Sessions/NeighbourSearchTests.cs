using FsCheck.Xunit;
using StreamCommerce.Models.Sessions;
using Xunit;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class NeighbourSearchTests
{
    [Property(MaxTest = 300)]
    public void The_merge_of_postings_finds_what_looking_at_every_session_finds(int seed)
    {
        var random = new Random(seed);
        var options = new NeighbourOptions
        {
            ItemLimit = random.Next(1, 6),
            SampleSize = random.Next(1, 40),
            NeighbourCount = random.Next(1, 40),
            LinearPositions = random.Next(2) == 0,
            PositionDecay = 1.5,
            MatchDecay = 3,
            RecencyDecay = 20,
            BackwardWeight = random.NextDouble(),
            RarenessWeight = random.Next(2),
        };
        var sessions = RandomSessions.Of(seed, 60).Where(s => s.Length > 1).ToArray();
        var index = new SessionIndex();
        foreach (var session in sessions) index.Add(session);
        var search = new NeighbourSearch(options);
        var best = new SessionCandidate[12];
        foreach (var session in RandomSessions.Of(seed + 1, 5))
        {
            var found = best[..search.Find(index, session.AsHistory(), best)];

            var expected = Slowly(sessions, session, options);
            Assert.Equal(expected.Keys.Order(), found.Select(c => c.Item).Order());
            Assert.All(found, c => Assert.Equal(expected[c.Item], c.Score, 1e-4));
            Assert.Equal(found.OrderByDescending(c => c.Score).ThenBy(c => c.Item), found);
        }
    }

    [Fact]
    public void An_item_is_recommended_because_of_the_item_that_led_to_it()
    {
        var index = new SessionIndex();
        index.Add([1, 10]);
        index.Add([2, 20]);
        var best = new SessionCandidate[5];

        var count = new NeighbourSearch(new()).Find(index, new[] { 1, 2 }.AsHistory(), best);

        Assert.Equal([(20, 2), (10, 1)], best[..count].Select(c => (c.Item, c.Cause)));
    }

    [Fact]
    public void Unknown_items_and_an_empty_session_are_ordinary()
    {
        var index = new SessionIndex();
        index.Add([1, 2]);
        var search = new NeighbourSearch(new());
        var best = new SessionCandidate[5];

        Assert.Equal(0, search.Find(index, [], best));
        Assert.Equal(0, search.Find(index, new[] { 7, 900_000_000, -1 }.AsHistory(), best));
        Assert.Equal(1, search.Find(index, new[] { 1, 900_000_000, -1 }.AsHistory(), best));
    }

    [Fact]
    public void A_question_allocates_nothing_once_the_work_space_has_grown()
    {
        var index = new SessionIndex();
        foreach (var session in RandomSessions.Of(1, 2000, items: 300)) index.Add(session);
        var search = new NeighbourSearch(new());
        var best = new SessionCandidate[50];
        var sessions = RandomSessions.Of(2, 50, items: 300).Select(s => s.AsHistory()).ToArray();
        foreach (var session in sessions) search.Find(index, session, best);

        var least = long.MaxValue;
        // Once would do, were the runtime not to allocate while it compiles anew beside it.
        for (var pass = 0; pass < 5; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var session in sessions) search.Find(index, session, best);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(0, 1, 1, 2)]
    [InlineData(33, 1, 1, 2)]
    [InlineData(1, 0, 1, 2)]
    [InlineData(1, 1, 0, 2)]
    [InlineData(1, 1, 1, 0)]
    [InlineData(1, 1, 1, double.NaN)]
    public void Options_outside_their_range_are_refused(
        int items, int sample, int neighbours, double decay)
    {
        Assert.Throws<ArgumentException>(() => new NeighbourSearch(new()
        {
            ItemLimit = items,
            SampleSize = sample,
            NeighbourCount = neighbours,
            PositionDecay = decay,
        }));
    }

    // Straight from the definitions: no postings, no heap, no tables.
    private static Dictionary<int, double> Slowly(
        int[][] sessions, int[] session, NeighbourOptions options)
    {
        var items = session.Reverse().Distinct().Take(options.ItemLimit).ToArray();
        var weights = items.Select((_, i) => options.LinearPositions
            ? (double)(items.Length - i) / items.Length
            : Math.Exp(-i / options.PositionDecay)).ToArray();
        var neighbours = Enumerable.Range(0, sessions.Length).Reverse()
            .Where(n => sessions[n].Intersect(items).Any()).Take(options.SampleSize)
            .Select(n => (Number: n, Similarity: (float)(
                items.Select((item, i) => sessions[n].Contains(item) ? weights[i] : 0).Sum()
                    * Math.Pow(sessions[n].Length, -options.LengthExponent)
                    * Math.Exp(-(sessions.Length - n) / options.RecencyDecay))))
            .OrderByDescending(n => n.Similarity).ThenByDescending(n => n.Number)
            .Take(options.NeighbourCount);
        var votes = new Dictionary<int, double>();
        foreach (var (number, similarity) in neighbours)
        {
            var latest = Array.FindIndex(items, item => sessions[number].Contains(item));
            var match = Array.LastIndexOf(sessions[number], items[latest]);
            var factor = options.LinearPositions
                ? Math.Max(0, 1 - 0.1 * latest) : Math.Exp(-latest / options.MatchDecay);
            for (var i = 0; i < sessions[number].Length; i++)
            {
                if (i == match) continue;
                var weight = i > match
                    ? Math.Exp(-(i - match - 1) / options.ForwardDecay)
                    : options.BackwardWeight * Math.Exp(-(match - i - 1) / options.BackwardDecay);
                var item = sessions[number][i];
                votes[item] = votes.GetValueOrDefault(item) + similarity * factor * weight;
            }
        }
        foreach (var item in votes.Keys)
            votes[item] *= 1 + options.RarenessWeight * Math.Log(
                (double)sessions.Length / sessions.Count(s => s.Contains(item)));
        var total = votes.Values.Sum();
        return votes.Where(v => v.Value > 0).ToDictionary(v => v.Key, v => v.Value / total);
    }
}
