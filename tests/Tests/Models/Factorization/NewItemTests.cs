using FsCheck.Xunit;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Models.Factorization;
using Xunit;

namespace StreamCommerce.Tests.Models.Factorization;

public sealed class NewItemTests
{
    private const int Dimensions = 5;

    [Property(MaxTest = 100)]
    public void First_interactions_give_the_full_solution_of_the_items_normal_equations(int seed)
    {
        var random = new Random(seed);
        var parameters = RandomShop.FoldInParameters(random);
        var users = RandomShop.Factors(random, 40, Dimensions);
        var count = random.Next(1, 12);
        var visitors = RandomShop.Factors(random, count, Dimensions);
        var weights = Enumerable.Range(0, count).Select(_ => random.NextSingle() * 3).ToArray();
        var exposure = 1 - random.NextDouble();

        var factor = new float[Dimensions];
        new ItemFoldIn(Gramian(users, 1), Dimensions, 40, 7, parameters)
            .Solve(visitors, weights, exposure, factor);

        var total = weights.Sum(weight => (double)weight);
        var unobserved = parameters.UnobservedWeight * exposure
            * Math.Pow(total / exposure / 7, parameters.PopularityExponent);
        var matrix = new double[Dimensions, Dimensions];
        var sums = new double[Dimensions];
        AddOuter(matrix, users, _ => unobserved);
        AddOuter(matrix, visitors, visitor => weights[visitor]);
        for (var i = 0; i < Dimensions; i++)
        {
            matrix[i, i] += parameters.Regularization
                * Math.Pow(total + (unobserved * 40), parameters.FrequencyExponent);
            for (var visitor = 0; visitor < count; visitor++)
                sums[i] += weights[visitor] * visitors[(visitor * Dimensions) + i];
        }
        ScalarIals.Solve(matrix, sums);
        var scale = Math.Pow(total / exposure / 7, parameters.ScoreExponent);
        for (var i = 0; i < Dimensions; i++) sums[i] *= scale;
        for (var i = 0; i < Dimensions; i++)
            Assert.Equal(sums[i], factor[i], 1e-3 * (0.1 + sums.Max(Math.Abs)));
    }

    [Fact]
    public void An_item_nobody_took_has_no_factor_of_its_own()
    {
        var factor = new float[Dimensions];
        factor.AsSpan().Fill(1);

        new ItemFoldIn(new float[25], Dimensions, 10, 1, new(1, 1, 1)).Solve([], [], 0.1, factor);

        Assert.All(factor, value => Assert.Equal(0, value));
    }

    [Property(MaxTest = 100)]
    public void A_newcomer_begins_with_its_promise_and_outgrows_it(int seed)
    {
        var random = new Random(seed);
        var promised = RandomShop.Factors(random, 1, Dimensions);
        var observed = RandomShop.Factors(random, 1, Dimensions);
        var factor = new float[Dimensions];
        var before = 0.0;
        for (var weight = 0; weight < 100_000; weight = (2 * weight) + 1)
        {
            ItemFoldIn.Blend(promised, observed, weight, 5, factor);
            var moved = Distance(factor, promised);
            Assert.True(moved >= before * 0.9999);
            before = moved;
        }
        Assert.Equal(0, Distance(factor, observed), 1e-3);
        ItemFoldIn.Blend(promised, observed, 0, 5, factor);
        Assert.Equal(0, Distance(factor, promised), 1e-6);
    }

    [Property(MaxTest = 50)]
    public void Parts_of_attributes_are_where_the_ridge_regression_is_least(int seed)
    {
        var random = new Random(seed);
        var factors = RandomShop.Factors(random, 30, Dimensions);
        var attributes = Attributes(random, 30, 4);
        var fitted = AttributeFactors.Fit(factors, Dimensions, attributes, 4, item => item > 2, 2);

        // One equation an attribute and dimension: the residuals' sum is the strength's pull.
        var mean = Predicted(fitted, []);
        for (var attribute = 0; attribute < 4; attribute++)
        {
            var part = Predicted(fitted, [attribute]);
            for (var i = 0; i < Dimensions; i++)
            {
                var residuals = Enumerable.Range(3, 27)
                    .Where(item => attributes[item].Contains(attribute))
                    .Sum(item => (double)factors[(item * Dimensions) + i]
                        - Predicted(fitted, [.. attributes[item]])[i]);
                Assert.Equal(2 * (part[i] - mean[i]), residuals, 2e-2);
            }
        }
    }

    [Fact]
    public void Items_of_an_attribute_promise_what_they_have_in_common()
    {
        // Ten items of the attribute 0 lie along the first axis, ten of 1 along the second.
        var factors = new float[40];
        for (var item = 0; item < 20; item++) factors[(item * 2) + (item % 2)] = 1;
        var attributes = Enumerable.Range(0, 20)
            .Select(item => (IReadOnlyList<int>)[item % 2]).ToArray();

        var fitted = AttributeFactors.Fit(factors, 2, attributes, 3, _ => true, 1);

        var first = Predicted(fitted, [0], 2);
        Assert.True(first[0] > 0.9 && first[1] < 0.1, string.Join(", ", first));
        // Of an attribute that no item has, and of none, the mean is promised.
        Assert.Equal([0.5f, 0.5f], Predicted(fitted, [2], 2));
        Assert.Equal([0.5f, 0.5f], Predicted(fitted, [-1, 99], 2));
    }

    private static IReadOnlyList<int>[] Attributes(Random random, int items, int count) =>
        [.. Enumerable.Range(0, items).Select(_ => (IReadOnlyList<int>)
            [.. Enumerable.Range(0, count).Where(_ => random.Next(3) == 0)])];

    private static float[] Predicted(
        AttributeFactors fitted, int[] attributes, int dimensions = Dimensions)
    {
        var factor = new float[dimensions];
        fitted.Predict(attributes, factor);
        return factor;
    }

    private static double Distance(float[] left, float[] right) =>
        Math.Sqrt(left.Zip(right, (one, other) => Math.Pow(one - other, 2)).Sum());

    private static float[] Gramian(float[] factors, double weight)
    {
        var matrix = new double[Dimensions, Dimensions];
        AddOuter(matrix, factors, _ => weight);
        return [.. matrix.Cast<double>().Select(value => (float)value)];
    }

    private static void AddOuter(double[,] matrix, float[] factors, Func<int, double> weightOf)
    {
        for (var row = 0; row < factors.Length / Dimensions; row++)
        {
            for (var i = 0; i < Dimensions; i++)
            {
                for (var j = 0; j < Dimensions; j++)
                {
                    matrix[i, j] += weightOf(row) * factors[(row * Dimensions) + i]
                        * factors[(row * Dimensions) + j];
                }
            }
        }
    }
}
