using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Linear;

/// <summary>Small data, and what the formulas give for it by hand.</summary>
public sealed class LinearModelTests
{
    [Fact]
    public void Popularity_counts_weights()
    {
        var scores = Scores(Popularity.Family, [[new(0, 2), new(1)], [new(1)], [new(1)]], []);

        Assert.Equal([2, 3, 0, 0], scores);
    }

    [Fact]
    public void An_event_counts_half_after_a_half_life()
    {
        const double day = 86_400;
        var scores = Scores(Popularity.Family,
            [[new(0, 1, 10 * day), new(1, 1, 11 * day), new(2, 1, 13 * day)]], [],
            ("halfLifeDays", 1));

        Assert.Equal([0.125f, 0.25f, 1, 0], scores);
    }

    [Fact]
    public void Sequential_rules_divide_by_the_distance()
    {
        // 0 → 1 a step, 0 → 2 two steps; and 0 → 2 a step in the other session.
        var scores = Scores(Transitions.Family, Lists([0, 1, 2], [0, 2]), [new(3), new(0)]);

        Assert.Equal([0, 1, 1.5f, 0], scores);
    }

    [Fact]
    public void Backward_rules_count_their_share()
    {
        var scores = Scores(Transitions.Family, Lists([0, 1, 2]), [new(2)], ("backward", 0.5));

        Assert.Equal([0.25f, 0.5f, 0, 0], scores);
    }

    [Fact]
    public void A_decaying_history_counts_its_last_item_most()
    {
        var scores = Scores(Transitions.Family, Lists([0, 1], [2, 3]),
            [new(0), new(2)], ("historyDecay", 0.4));

        Assert.Equal([0, 0.4f, 0, 1], scores);
    }

    [Fact]
    public void Co_occurrence_with_the_square_roots_of_the_degrees_is_the_cosine()
    {
        var scores = Scores(CoOccurrence.Family, Lists([0, 1], [0, 1], [0, 2]), [new(0)],
            ("userExponent", 0), ("rowExponent", 0.5), ("columnExponent", 0.5));

        Assert.Equal(2 / Math.Sqrt(3 * 2), scores[1], 1e-6);
        Assert.Equal(1 / Math.Sqrt(3 * 1), scores[2], 1e-6);
    }

    [Fact]
    public void Of_a_machine_that_clicks_through_the_catalogue_the_last_items_alone_are_paired()
    {
        var machine = Enumerable.Range(0, 2_100).Select(item => new HistoryEntry(item)).ToArray();
        var ranker = NeighbourhoodRidge.Family.Train(
            Histories.Of([machine, [new(0), new(1)]], machine.Length),
            new(NeighbourhoodRidge.Family.Parameters, new Dictionary<string, double>()), new(),
            CancellationToken.None);
        var (ofFirst, ofLast) = (new float[machine.Length], new float[machine.Length]);

        ranker.Score([new(0)], ofFirst);
        ranker.Score([new(150)], ofLast);

        Assert.Equal(1, ofFirst.Count(score => score != 0));
        Assert.True(ofFirst[1] > 0);
        Assert.True(ofLast.Count(score => score != 0) > 10);
        Assert.All(ofLast.AsSpan(0, 100).ToArray(), score => Assert.Equal(0, score));
    }

    [Fact]
    public void A_regression_over_all_items_is_ease()
    {
        // Closed form of EASE on the same data: B = −P / diag(P), P = (RᵀR + λI)⁻¹.
        IReadOnlyList<HistoryEntry>[] train = Lists([0, 1, 2], [0, 1], [1, 2, 3], [0, 2, 3], [3]);
        var precision = Invert(Gramian(train, regularization: 2));

        for (var item = 0; item < 4; item++)
        {
            var scores = Scores(NeighbourhoodRidge.Family, train, [new(item)],
                ("regularization", 2));
            for (var other = 0; other < 4; other++)
                if (other != item)
                    Assert.Equal(-precision[item, other] / precision[other, other],
                        scores[other], 1e-5);
        }
    }

    [Fact]
    public void Neighbours_vote_by_a_power_of_what_they_share()
    {
        var scores = Scores(UserNeighbours.Family, Lists([0, 1], [0, 2, 3], [3]), [new(0)],
            ("itemExponent", 0), ("userExponent", 0.5), ("columnExponent", 0), ("power", 2));

        Assert.Equal([1 / 2f + 1 / 3f, 1 / 2f, 1 / 3f, 1 / 3f], scores, Near);
    }

    [Fact]
    public void Who_is_further_away_than_the_neighbours_has_no_vote()
    {
        var scores = Scores(UserNeighbours.Family, Lists([0, 1, 2], [0, 3]), [new(0), new(1)],
            ("userExponent", 0), ("neighbours", 1));

        Assert.True(scores[2] > 0);
        Assert.Equal(0, scores[3]);
    }

    [Fact]
    public void Nobody_is_told_by_a_neighbour_what_the_history_holds_already()
    {
        var scores = Scores(UserNeighbours.Family, Lists([0, 1], [0, 2]), [new(0), new(1)]);

        Assert.Equal(0, scores[1]);
        Assert.True(scores[2] > 0);
    }

    private static bool Near(float left, float right) => Math.Abs(left - right) < 1e-6f;

    private static double[,] Gramian(IReadOnlyList<HistoryEntry>[] train, double regularization)
    {
        var gramian = new double[4, 4];
        for (var i = 0; i < 4; i++) gramian[i, i] = regularization;
        foreach (var user in train)
            foreach (var left in user)
                foreach (var right in user) gramian[left.Item, right.Item]++;
        return gramian;
    }

    /// <summary>By Gauss and Jordan.</summary>
    private static double[,] Invert(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        var inverse = new double[size, size];
        for (var i = 0; i < size; i++) inverse[i, i] = 1;
        for (var pivot = 0; pivot < size; pivot++)
        {
            var divisor = matrix[pivot, pivot];
            for (var i = 0; i < size; i++)
            {
                matrix[pivot, i] /= divisor;
                inverse[pivot, i] /= divisor;
            }
            for (var row = 0; row < size; row++)
            {
                var factor = matrix[row, pivot];
                if (row == pivot) continue;
                for (var i = 0; i < size; i++)
                {
                    matrix[row, i] -= factor * matrix[pivot, i];
                    inverse[row, i] -= factor * inverse[pivot, i];
                }
            }
        }
        return inverse;
    }

    private static IReadOnlyList<HistoryEntry>[] Lists(params int[][] lists) =>
        [.. lists.Select(list => list.Select(item => new HistoryEntry(item)).ToArray())];

    private static float[] Scores(
        RankerFamily family, IReadOnlyList<HistoryEntry>[] train, HistoryEntry[] history,
        params (string Name, double Value)[] chosen)
    {
        var parameters = new ParameterSet(
            family.Parameters, chosen.ToDictionary(c => c.Name, c => c.Value));
        var ranker = family.Train(Histories.Of(train, 4), parameters, new(),
            TestContext.Current.CancellationToken);
        var scores = new float[4];
        ranker.Score(history, scores);
        return scores;
    }
}
