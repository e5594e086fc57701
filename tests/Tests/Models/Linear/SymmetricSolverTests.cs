using FsCheck.Xunit;
using StreamCommerce.Models.Linear;
using Xunit;

namespace StreamCommerce.Tests.Models.Linear;

public sealed class SymmetricSolverTests
{
    [Property(MaxTest = 100)]
    public void What_is_solved_gives_back_the_right_side(int seed)
    {
        var random = new Random(seed);
        var size = 1 + random.Next(12);
        var (matrix, side) = Equations(random, size);
        var (factor, solution) = (matrix.ToArray(), side.ToArray());

        Assert.True(SymmetricSolver.TryFactorize(factor, size));
        SymmetricSolver.Solve(factor, size, solution);

        for (var row = 0; row < size; row++)
        {
            var sum = 0f;
            for (var i = 0; i < size; i++) sum += matrix[row * size + i] * solution[i];
            Assert.Equal(side[row], sum, 1e-3);
        }
    }

    [Fact]
    public void What_is_not_positive_definite_is_said_to_be_so()
    {
        Assert.False(SymmetricSolver.TryFactorize([1, 0, 2, 1], 2));
        Assert.False(SymmetricSolver.TryFactorize([float.NaN], 1));
    }

    /// <summary>A Gramian of more rows than columns, with a ridge.</summary>
    private static (float[] Matrix, float[] Side) Equations(Random random, int size)
    {
        var rows = Enumerable.Range(0, 2 * size).Select(_ =>
            Enumerable.Range(0, size).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
        var matrix = new float[size * size];
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
                matrix[i * size + j] = rows.Sum(row => row[i] * row[j]) + (i == j ? 0.5f : 0);
        return (matrix, [.. Enumerable.Range(0, size).Select(_ => random.NextSingle())]);
    }
}
