using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Ranking;

/// <summary>
/// What the remarks of <see cref="IRanker"/> and <see cref="RankerFamily"/> promise, for every
/// family: with its defaults and with the outermost values that a tuner may try.
/// </summary>
public abstract class RankerContract(RankerFamily family)
{
    private const int ItemCount = 40;

    /// <summary>Items from here on do not occur in training.</summary>
    private const int UnseenFrom = 36;

    private static readonly Histories Train = Some(users: 60, seed: 1);

    private readonly Lazy<IRanker> _ranker = new(() => family.Train(
        Train, new(family.Parameters), new(Seed: 5), TestContext.Current.CancellationToken));

    [Fact]
    public void It_scores_the_items_of_the_training_data() =>
        Assert.Equal(ItemCount, _ranker.Value.ItemCount);

    [Fact]
    public void Every_score_is_finite_whatever_the_parameters()
    {
        var defaults = new ParameterSet(family.Parameters);
        foreach (var range in family.Parameters)
        {
            Assert.Contains(range.Default, range.Values);
            Assert.Equal(range.Values.Order(), range.Values);
            // Many dimensions run the same code, for minutes.
            var values = range.Values.Where(v => range.Name != "dimensions" || v <= 64).ToList();
            foreach (var value in (double[])[values[0], values[^1]])
            {
                var ranker = family.Train(Train, defaults.With(range.Name, value), new(),
                    TestContext.Current.CancellationToken);
                foreach (var history in Histories())
                    Assert.All(Score(ranker, history), score => Assert.True(float.IsFinite(score),
                        $"{range.Name}={value} scores {score}"));
            }
        }
    }

    [Fact]
    public void The_buffer_is_overwritten_whole()
    {
        foreach (var history in Histories())
        {
            var scores = new float[ItemCount];
            scores.AsSpan().Fill(float.NaN);
            _ranker.Value.Score(history, scores);

            Assert.Equal(Score(_ranker.Value, history), scores);
        }
    }

    [Fact]
    public void An_unseen_item_is_never_before_a_seen_one()
    {
        foreach (var history in Histories())
        {
            // What is in the history may come back, also if nobody else has ever had it.
            if (history.Any(entry => entry.Item >= UnseenFrom)) continue;
            var scores = Score(_ranker.Value, history);
            Assert.True(scores[UnseenFrom..].Max() <= scores[..UnseenFrom].Max());
        }
    }

    [Fact]
    public void Items_outside_the_range_are_passed_over()
    {
        HistoryEntry[] history = [new(3), new(ItemCount), new(-1), new(int.MaxValue)];

        Assert.All(Score(_ranker.Value, history), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public async Task Many_threads_get_the_same_scores_as_one()
    {
        var histories = Histories().ToArray();
        var alone = histories.Select(history => Score(_ranker.Value, history)).ToArray();

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            histories.Select(history => Score(_ranker.Value, history)).ToArray())));

        Assert.All(together, scores => Assert.Equal(alone, scores));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_same_seed_trains_the_same_ranker_with_any_number_of_threads(int threads)
    {
        var again = family.Train(Train, new(family.Parameters), new(Seed: 5, ThreadCount: threads),
            TestContext.Current.CancellationToken);

        Assert.All(Histories(), history =>
            Assert.Equal(Score(_ranker.Value, history), Score(again, history)));
    }

    [Fact]
    public void Nothing_to_learn_from_is_an_ordinary_case()
    {
        var nobody = StreamCommerce.Models.Ranking.Histories.Of([[]], ItemCount);
        var ranker = family.Train(nobody, new(family.Parameters), new(),
            TestContext.Current.CancellationToken);

        Assert.All(Score(ranker, [new(3)]), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Told_to_stop_it_stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            family.Train(Train, new(family.Parameters), new(), stop.Token));
    }

    /// <summary>Ordinary ones, and those that are less so: empty, unseen, repeated.</summary>
    private static IEnumerable<HistoryEntry[]> Histories()
    {
        var others = Some(users: 10, seed: 2);
        for (var user = 0; user < others.UserCount; user++) yield return others[user].ToArray();
        yield return [];
        yield return [new(UnseenFrom)];
        yield return [new(2), new(UnseenFrom, 4), new(2), new(2, 0.5f)];
        yield return [.. Enumerable.Repeat(new HistoryEntry(7), 300)];
    }

    /// <summary>Users who stay near an item of their own, with repetitions and gaps in time.
    /// </summary>
    private static Histories Some(int users, int seed)
    {
        var random = new Random(seed);
        return StreamCommerce.Models.Ranking.Histories.Of(Enumerable.Range(0, users).Select(user =>
        {
            var time = 1_000_000.0 + 5_000 * user;
            return Enumerable.Range(0, random.Next(12)).Select(_ => new HistoryEntry(
                (user + random.Next(6)) % UnseenFrom, 1 + random.Next(3),
                time += random.Next(300))).ToArray();
        }), ItemCount);
    }

    private static float[] Score(IRanker ranker, HistoryEntry[] history)
    {
        var scores = new float[ranker.ItemCount];
        ranker.Score(history, scores);
        return scores;
    }
}
