using System.Numerics.Tensors;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// Dense symmetric positive definite equations by Cholesky's factorization, a row at a time, so
/// that every inner loop is a dot product of two rows.
/// </summary>
internal static class SymmetricSolver
{
    /// <summary>Factorizes in place: the lower triangle becomes L with L·Lᵀ = A.</summary>
    /// <param name="matrix">Row by row; its lower triangle is read.</param>
    /// <param name="size">Rows.</param>
    /// <returns>False where it is not positive definite; the content is then worthless.</returns>
    public static bool TryFactorize(Span<float> matrix, int size)
    {
        for (var row = 0; row < size; row++)
        {
            var ofRow = matrix.Slice(row * size, row + 1);
            for (var column = 0; column < row; column++)
            {
                var ofColumn = matrix.Slice(column * size, column + 1);
                var sum = TensorPrimitives.Dot<float>(ofRow[..column], ofColumn[..column]);
                ofRow[column] = (ofRow[column] - sum) / ofColumn[column];
            }
            var pivot = ofRow[row] - TensorPrimitives.SumOfSquares<float>(ofRow[..row]);
            if (!(pivot > 0)) return false;
            ofRow[row] = MathF.Sqrt(pivot);
        }
        return true;
    }

    /// <summary>Solves L·Lᵀ·x = b in place.</summary>
    public static void Solve(ReadOnlySpan<float> factor, int size, Span<float> b)
    {
        for (var row = 0; row < size; row++)
        {
            var ofRow = factor.Slice(row * size, row + 1);
            b[row] = (b[row] - TensorPrimitives.Dot<float>(ofRow[..row], b[..row])) / ofRow[row];
        }
        for (var row = size - 1; row >= 0; row--)
        {
            var ofRow = factor.Slice(row * size, row + 1);
            b[row] /= ofRow[row];
            TensorPrimitives.MultiplyAdd(ofRow[..row], -b[row], b[..row], b[..row]);
        }
    }
}
