using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// The eigenvectors of a symmetric matrix, by Jacobi's rotations, row by row in a fixed order
/// (Golub, Van Loan: "Matrix Computations", chapter 8). It takes seconds at a width of 512, after a
/// training of minutes.
/// </summary>
internal static class PrincipalAxes
{
    // It converges quadratically: six to ten sweeps are usual, and more change nothing.
    private const int SweepLimit = 30;

    // Of the largest on the diagonal: what is less beside it is left there. The matrix comes from
    // single precision.
    private const double Negligible = 1e-11;

    /// <summary>A square matrix whose rows are the eigenvectors, the one with the largest
    /// eigenvalue first.</summary>
    /// <param name="matrix">Symmetric, finite, row by row.</param>
    /// <param name="width">Its width.</param>
    public static float[] Of(ReadOnlySpan<float> matrix, int width)
    {
        var a = new double[width][];
        var axes = new double[width][];
        for (var i = 0; i < width; i++)
        {
            a[i] = new double[width];
            axes[i] = new double[width];
            axes[i][i] = 1;
            TensorPrimitives.ConvertChecked(matrix.Slice(i * width, width), (Span<double>)a[i]);
        }
        var negligible = double.Epsilon;
        for (var i = 0; i < width; i++) negligible = Math.Max(negligible, Negligible * a[i][i]);
        for (var sweep = 0; sweep < SweepLimit && Sweep(a, axes, negligible); sweep++)
        {
        }
        return Sorted(a, axes);
    }

    /// <summary>Whether anything was left to turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Sweep(double[][] a, double[][] axes, double negligible)
    {
        var turned = false;
        for (var p = 0; p < a.Length; p++)
        {
            for (var q = p + 1; q < a.Length; q++)
            {
                var beside = a[p][q];
                if (!(Math.Abs(beside) > negligible)) continue;
                turned = true;
                var (first, second) = (a[p][p], a[q][q]);
                var slope = (second - first) / (2 * beside);
                var tangent = Math.CopySign(1, slope)
                    / (Math.Abs(slope) + double.Hypot(slope, 1));
                var cosine = 1 / double.Hypot(tangent, 1);
                Turn(a[p], a[q], tangent * cosine, cosine);
                // It stays symmetric, so the columns are what the rows have become.
                for (var i = 0; i < a.Length; i++) (a[i][p], a[i][q]) = (a[p][i], a[q][i]);
                (a[p][p], a[q][q]) = (first - (tangent * beside), second + (tangent * beside));
                (a[p][q], a[q][p]) = (0, 0);
                Turn(axes[p], axes[q], tangent * cosine, cosine);
            }
        }
        return turned;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Span<double> left, Span<double> right, double sine, double cosine)
    {
        var i = 0;
        for (; i <= left.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var (x, y) = (new Vector<double>(left[i..]), new Vector<double>(right[i..]));
            ((x * cosine) - (y * sine)).CopyTo(left[i..]);
            ((x * sine) + (y * cosine)).CopyTo(right[i..]);
        }
        for (; i < left.Length; i++)
        {
            var (x, y) = (left[i], right[i]);
            left[i] = (x * cosine) - (y * sine);
            right[i] = (x * sine) + (y * cosine);
        }
    }

    private static float[] Sorted(double[][] a, double[][] axes)
    {
        var order = Enumerable.Range(0, a.Length).OrderByDescending(i => a[i][i]);
        return [.. order.SelectMany(i => axes[i]).Select(value => (float)value)];
    }
}
