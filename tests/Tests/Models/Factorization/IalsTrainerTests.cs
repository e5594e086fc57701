using System.Numerics.Tensors;
using FsCheck.Xunit;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Factorization;

public sealed class IalsTrainerTests
{
    [Property(MaxTest = 100)]
    public void It_reaches_the_scores_of_the_plain_scalar_version(int seed)
    {
        var random = new Random(seed);
        var histories = RandomShop.Histories(random);
        var options = RandomShop.Options(random);

        var model = IalsTrainer.Train(histories, options);

        var users = SparseMatrix.Of(histories);
        var scalar = new ScalarIals(users, users.Transpose(), options);
        for (var epoch = 0; epoch < options.Epochs; epoch++) scalar.RunEpoch();
        scalar.SolveUsers();
        for (var user = 0; user < model.UserCount; user++)
        {
            for (var item = 0; item < model.ItemCount; item++)
            {
                var expected = TensorPrimitives.Dot<float>(
                    scalar.UserFactors.AsSpan(user * options.Dimensions, options.Dimensions),
                    scalar.ItemFactors.AsSpan(item * options.Dimensions, options.Dimensions));
                Assert.Equal(expected, Score(model, user, item), 2e-3f);
            }
        }
    }

    [Property(MaxTest = 20)]
    public void Any_number_of_threads_gives_the_same_bits(int seed)
    {
        var random = new Random(seed);
        var histories = RandomShop.Histories(random, users: 2_000, items: 700);
        var options = RandomShop.Options(random);

        var one = IalsTrainer.Train(histories, options);
        var many = IalsTrainer.Train(histories, options with { ThreadCount = random.Next(2, 8) });

        Assert.Equal(one.UserFactors, many.UserFactors);
        Assert.Equal(one.ItemFactors, many.ItemFactors);
        Assert.Equal(one.UserGramian, many.UserGramian);
    }

    [Fact]
    public void What_a_user_took_scores_higher_than_what_others_took()
    {
        // Two tastes: even users take even items, odd users odd ones; nobody takes all.
        var histories = Histories.Of(Enumerable.Range(0, 40).Select(user =>
            (IReadOnlyList<HistoryEntry>)[.. Enumerable.Range(0, 20)
                .Where(item => item % 2 == user % 2 && (item + user) % 3 > 0)
                .Select(item => new HistoryEntry(item))]), 20);

        var model = IalsTrainer.Train(histories, new IalsOptions
        { Dimensions = 4, Epochs = 20, UnobservedWeight = 0.1, Regularization = 0.01 });

        for (var user = 0; user < 40; user++)
        {
            var lowest = Enumerable.Range(0, 20).Where(item => item % 2 == user % 2)
                .Min(item => Score(model, user, item));
            var highest = Enumerable.Range(0, 20).Where(item => item % 2 != user % 2)
                .Max(item => Score(model, user, item));
            Assert.True(lowest > highest, $"user {user}: {lowest} and {highest}");
        }
    }

    [Fact]
    public void Scores_are_multiplied_by_a_power_of_the_items_popularity()
    {
        var histories = RandomShop.Histories(new Random(2));
        var options = new IalsOptions { Dimensions = 10, PopularityExponent = 0.5 };

        var plain = IalsTrainer.Train(histories, options);
        var scaled = IalsTrainer.Train(histories, options with { ScoreExponent = 0.5 });

        var mean = plain.Popularity.Where(sum => sum > 0).Average();
        for (var item = 0; item < plain.ItemCount; item++)
        {
            Assert.Equal(Score(plain, 1, item) * MathF.Sqrt(plain.Popularity[item] / mean),
                Score(scaled, 1, item), 1e-4f);
        }
    }

    [Fact]
    public void Nothing_observed_gives_zeros()
    {
        var model = IalsTrainer.Train(Histories.Of([[], []], 3), new IalsOptions());

        Assert.All(model.ItemFactors, value => Assert.Equal(0, value));
        Assert.All(model.UserFactors, value => Assert.Equal(0, value));
        Assert.Equal(0, IalsTrainer.Train(Histories.Of([], 0), new IalsOptions()).ItemCount);
    }

    [Property(MaxTest = 50)]
    public void Extreme_weights_leave_no_number_that_is_not_finite(int seed)
    {
        var random = new Random(seed);
        var histories = Histories.Of(Enumerable.Range(0, 20).Select(_ =>
            (IReadOnlyList<HistoryEntry>)[.. RandomShop.Interactions(random, 5, 10)
                .Select(entry => entry with { Weight = MathF.Pow(10, random.Next(-38, 38)) })]),
            10);

        var model = IalsTrainer.Train(histories, RandomShop.Options(random));

        Assert.All(model.UserFactors, value => Assert.True(float.IsFinite(value)));
        Assert.All(model.ItemFactors, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Factors_stand_in_the_principal_axes_of_the_items()
    {
        var model = IalsTrainer.Train(RandomShop.Histories(new Random(1), 200, 50),
            new IalsOptions { Dimensions = 12 });

        var gramian = new double[12, 12];
        for (var item = 0; item < model.ItemCount; item++)
        {
            var factor = model.ItemFactor(item);
            for (var i = 0; i < 12; i++)
                for (var j = 0; j < 12; j++) gramian[i, j] += factor[i] * factor[j];
        }
        for (var i = 1; i < 12; i++)
        {
            Assert.True(gramian[i, i] <= gramian[i - 1, i - 1] * 1.0001);
            for (var j = 0; j < i; j++)
                Assert.Equal(0, gramian[i, j] / Math.Sqrt(gramian[i, i] * gramian[j, j]), 1e-4);
        }
    }

    [Fact]
    public void It_tells_how_far_it_is_and_stops_when_told()
    {
        var histories = RandomShop.Histories(new Random(1));
        var told = new List<double>();
        using var stop = new CancellationTokenSource();

        IalsTrainer.Train(histories, new IalsOptions(), new Told(told.Add));
        Assert.Equal(1, told[^1]);
        Assert.Equal(told.Order(), told);

        Assert.Throws<OperationCanceledException>(() => IalsTrainer.Train(histories,
            new IalsOptions { ThreadCount = 2 }, new Told(_ => stop.Cancel()), stop.Token));
    }

    [Fact]
    public void Options_outside_their_limits_are_refused()
    {
        foreach (var options in (IalsOptions[])[new() { Dimensions = 0 }, new() { Epochs = 0 },
            new() { Regularization = 0 }, new() { UnobservedWeight = double.NaN },
            new() { PopularityExponent = -3 }, new() { ScoreExponent = 2 }])
        {
            Assert.Throws<ArgumentException>(
                () => IalsTrainer.Train(Histories.Of([], 1), options));
        }
    }

    private static float Score(FactorizationModel model, int user, int item) =>
        TensorPrimitives.Dot(model.UserFactor(user), model.ItemFactor(item));

    private sealed class Told(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
