using FsCheck.Xunit;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Models.Factorization;

public sealed class FoldInTests
{
    [Property(MaxTest = 300)]
    public void A_factor_is_the_full_solution_of_its_normal_equations(int seed)
    {
        var visitor = Visitor.Of(seed);
        var interactions = RandomShop.Interactions(
            visitor.Random, visitor.Random.Next(80), Visitor.ItemCount);

        var factor = visitor.Solve(interactions);

        AssertSame(visitor.FullSolution(interactions), factor);
    }

    [Property(MaxTest = 20)]
    public void A_trained_model_stands_in_the_axes_of_a_visitors_equations(int seed)
    {
        var random = new Random(seed);
        var options = RandomShop.Options(random) with { Dimensions = 64 };
        var model = IalsTrainer.Train(
            RandomShop.Histories(random, users: 500, items: 300), options);

        var system = new FoldInSystem(model.ItemFactors, model.Dimensions,
            FactorizationFamily.FoldInOf(options), model.Popularity, threadCount: 1);

        Assert.False(system.Turns);
    }

    [Property(MaxTest = 100)]
    public void A_factor_that_follows_each_interaction_is_the_one_of_the_last_interactions(int seed)
    {
        var visitor = Visitor.Of(seed);
        var limit = visitor.Random.Next(1, 20);
        var following = new VisitorFactor(visitor.FoldIn, limit);
        var interactions = RandomShop.Interactions(visitor.Random, 60, Visitor.ItemCount);
        var factor = new float[visitor.Dimensions];

        for (var count = 1; count <= interactions.Length; count++)
        {
            following.Add(interactions[count - 1]);
            if (visitor.Random.Next(4) > 0) continue;
            following.CopyTo(factor);
            AssertSame(visitor.FullSolution(
                interactions[Math.Max(0, count - limit)..count]), factor);
        }
    }

    [Property(MaxTest = 100)]
    public void An_item_that_came_after_training_counts_by_its_factor(int seed)
    {
        var visitor = Visitor.Of(seed);
        var interactions = RandomShop.Interactions(visitor.Random, 40, Visitor.ItemCount);
        var newcomers = visitor.LastFactorsAsLearnt(10);
        var factor = new float[visitor.Dimensions];

        // The last ten items' doubles, behind them.
        visitor.FoldIn.Solve(
            [.. interactions.Select(entry => entry.Item < Visitor.ItemCount - 10
                ? entry : entry with { Item = entry.Item + 10 })], newcomers, factor);

        AssertSame([.. visitor.Solve(interactions).Select(value => (double)value)], factor);
    }

    [Property(MaxTest = 100)]
    public void The_order_of_interactions_hardly_matters(int seed)
    {
        var visitor = Visitor.Of(seed);
        var interactions = RandomShop.Interactions(visitor.Random, 30, Visitor.ItemCount);

        var factor = visitor.Solve(interactions);
        visitor.Random.Shuffle(interactions);

        AssertSame([.. factor.Select(value => (double)value)], visitor.Solve(interactions));
    }

    [Property(MaxTest = 100)]
    public void Whatever_is_asked_the_answer_is_finite(int seed)
    {
        var visitor = Visitor.Of(seed);
        var following = new VisitorFactor(visitor.FoldIn, 5);
        var interactions = RandomShop.Interactions(visitor.Random, 20, Visitor.ItemCount)
            .Select(entry => visitor.Random.Next(3) switch
            {
                0 => entry with { Item = visitor.Random.Next(-9, 99) },
                1 => entry with { Weight = MathF.Pow(10, visitor.Random.Next(-38, 39)) },
                _ => entry with
                {
                    Weight = visitor.Random.Next(3) switch
                    {
                        0 => float.NaN,
                        1 => float.PositiveInfinity,
                        _ => -1,
                    }
                },
            }).ToArray();
        var factor = new float[visitor.Dimensions];

        foreach (var interaction in interactions) following.Add(interaction);
        following.CopyTo(factor);

        Assert.All(factor, value => Assert.True(float.IsFinite(value)));
        Assert.All(visitor.Solve(interactions), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_visitor_who_is_not_known_has_a_factor_of_zeros()
    {
        var visitor = Visitor.Of(1);
        var factor = visitor.Solve([]);
        Assert.All(factor, value => Assert.Equal(0, value));

        factor.AsSpan().Fill(1);
        new VisitorFactor(visitor.FoldIn).CopyTo(factor);
        Assert.All(factor, value => Assert.Equal(0, value));
        Assert.All(visitor.Solve([new(-1), new(Visitor.ItemCount), new(0, 0)]),
            value => Assert.Equal(0, value));
    }

    [Fact]
    public void Parameters_that_leave_the_equations_without_a_solution_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new FoldIn(new float[4], 2, new(0, 1, 1)));
        Assert.Throws<ArgumentException>(() => new FoldIn(new float[4], 2, new(1, 0, 1)));
        Assert.Throws<ArgumentException>(() => new FoldIn(new float[4], 3, new(1, 1, 1)));
        Assert.Throws<ArgumentException>(() => new FoldIn(new float[4], 2, new(1, 1, 1), [1]));
    }

    private static void AssertSame(double[] expected, float[] actual)
    {
        var scale = 0.01 + expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i] / scale, actual[i] / scale, 2e-3);
    }

    /// <summary>Items' factors, in their principal axes or in others.</summary>
    private sealed record Visitor(Random Random, int Dimensions, float[] ItemFactors,
        float[] Popularity, FoldInParameters Parameters)
    {
        public const int ItemCount = 90;

        private readonly double[] _scales = PowersOf(Popularity, Parameters.ScoreExponent);
        private readonly double[] _shares = PowersOf(Popularity, Parameters.PopularityExponent);

        public FoldIn FoldIn { get; } = new(ItemFactors, Dimensions, Parameters, Popularity);

        public static Visitor Of(int seed)
        {
            var random = new Random(seed);
            var dimensions = random.Next(1, 40);
            var factors = RandomShop.Factors(random, ItemCount, dimensions);
            var popularity = Enumerable.Range(0, ItemCount)
                .Select(_ => (float)random.Next(20)).ToArray();
            if (random.Next(2) == 0)
            {
                factors = FactorizationModel.Of(dimensions, [], factors, popularity).ItemFactors;
            }
            return new(random, dimensions, factors, popularity,
                RandomShop.FoldInParameters(random));
        }

        public float[] Solve(HistoryEntry[] interactions)
        {
            var factor = new float[Dimensions];
            FoldIn.Solve(interactions, factor);
            return factor;
        }

        /// <summary>The normal equations of the factors before they were multiplied, written down
        /// and solved in double precision.</summary>
        public double[] FullSolution(HistoryEntry[] interactions)
        {
            var matrix = new double[Dimensions, Dimensions];
            var sums = new double[Dimensions];
            if (interactions.Length == 0) return sums;
            var unobserved = 0.0;
            for (var item = 0; item < ItemCount; item++)
            {
                var weight = Parameters.UnobservedWeight * _shares[item];
                unobserved += weight;
                AddOuter(matrix, item, weight);
            }
            var total = 0.0;
            foreach (var entry in interactions)
            {
                total += entry.Weight;
                AddOuter(matrix, entry.Item, entry.Weight);
                for (var i = 0; i < Dimensions; i++)
                    sums[i] += entry.Weight * Learnt(entry.Item, i);
            }
            var regularization = Parameters.Regularization
                * Math.Pow(total + unobserved, Parameters.FrequencyExponent);
            for (var i = 0; i < Dimensions; i++) matrix[i, i] += regularization;
            ScalarIals.Solve(matrix, sums);
            return sums;
        }

        /// <summary>The last items' factors before they were multiplied.</summary>
        public float[] LastFactorsAsLearnt(int count) =>
            [.. Enumerable.Range(ItemCount - count, count).SelectMany(item => Enumerable
                .Range(0, Dimensions).Select(i => (float)Learnt(item, i)))];

        private double Learnt(int item, int i) =>
            ItemFactors[(item * Dimensions) + i] / _scales[item];

        private static double[] PowersOf(float[] popularity, double exponent)
        {
            var mean = popularity.Where(value => value > 0).Average();
            return [.. popularity.Select(
                value => value > 0 ? Math.Pow(value / mean, exponent) : 1)];
        }

        private void AddOuter(double[,] matrix, int item, double weight)
        {
            for (var i = 0; i < Dimensions; i++)
                for (var j = 0; j < Dimensions; j++)
                    matrix[i, j] += weight * Learnt(item, i) * Learnt(item, j);
        }
    }
}
