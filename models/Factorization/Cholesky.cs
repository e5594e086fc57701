using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// A = UᵀU for symmetric positive definite matrices, row by row, with zeros below U's diagonal as
/// far as its eight lanes reach. Works four rows at a time: what the rows above take from them is
/// one product of tiles. Widths are multiples of <see cref="DenseKernels.TileColumns"/>.
/// </summary>
internal static class Cholesky
{
    private const int Lanes = 8;

    // A pivot that rounding has brought below this share of its first value is put there: the
    // matrix is positive definite by its regularization, and no row may become NaN.
    private const float PivotFloor = 1e-6f;

    /// <summary>Puts U in the place of A.</summary>
    /// <param name="matrix">A; only its upper triangle is read.</param>
    /// <param name="width">Its width.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Factorize(Span<float> matrix, int width)
    {
        CheckWidth(matrix.Length, width);
        ref var first = ref MemoryMarshal.GetReference(matrix);
        Span<float> diagonal = stackalloc float[DenseKernels.TileRows];
        for (var top = 0; top < width; top += DenseKernels.TileRows)
        {
            for (var i = 0; i < DenseKernels.TileRows; i++)
                diagonal[i] = matrix[((top + i) * width) + top + i];
            var right = top / DenseKernels.TileColumns * DenseKernels.TileColumns;
            for (; right < width && top > 0; right += DenseKernels.TileColumns)
                DenseKernels.AddTile(ref first, top, width, top, right, ref first, -1);
            for (var i = 0; i < DenseKernels.TileRows; i++)
            {
                ref var row = ref Unsafe.Add(ref first, (top + i) * width);
                for (var above = top; above < top + i; above++)
                    Subtract(ref Unsafe.Add(ref first, above * width), top + i, ref row, width);
                matrix.Slice((top + i) * width, top + i).Clear();
                Scale(ref row, top + i, width, diagonal[i]);
            }
        }
    }

    /// <summary>Solves UᵀU x = b in place.</summary>
    /// <param name="factor">U.</param>
    /// <param name="vector">b, then x; its length is the matrix's width.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Solve(ReadOnlySpan<float> factor, Span<float> vector)
    {
        var width = vector.Length;
        CheckWidth(factor.Length, width);
        ref var x = ref MemoryMarshal.GetReference(vector);
        ref var row = ref MemoryMarshal.GetReference(factor);
        for (var k = 0; k < width; k++)
        {
            var value = Unsafe.Add(ref x, k) / Unsafe.Add(ref row, k);
            var v = Vector256.Create(-value);
            for (var i = k / Lanes * Lanes; i < width; i += Lanes)
            {
                ref var at = ref Unsafe.Add(ref x, i);
                Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref Unsafe.Add(ref row, i)),
                    Vector256.LoadUnsafe(ref at)).StoreUnsafe(ref at);
            }
            Unsafe.Add(ref x, k) = value;
            row = ref Unsafe.Add(ref row, width);
        }
        for (var k = width - 1; k >= 0; k--)
        {
            row = ref Unsafe.Subtract(ref row, width);
            var value = Unsafe.Add(ref x, k);
            Unsafe.Add(ref x, k) = 0;
            var sum = Vector256<float>.Zero;
            for (var i = k / Lanes * Lanes; i < width; i += Lanes)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref row, i)),
                    Vector256.LoadUnsafe(ref Unsafe.Add(ref x, i)), sum);
            }
            Unsafe.Add(ref x, k) = (value - Vector256.Sum(sum)) / Unsafe.Add(ref row, k);
        }
    }

    /// <summary>Makes U the factor of A ± v vᵀ, by a rotation a row (Golub, Van Loan: "Matrix
    /// Computations", chapter 6).</summary>
    /// <param name="factor">U.</param>
    /// <param name="vector">v; zeros after it. Its length is the matrix's width.</param>
    /// <param name="sign">1 or -1.</param>
    /// <returns>False where what is left is not safely positive definite; U is meaningless then.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Update(Span<float> factor, Span<float> vector, float sign)
    {
        var width = vector.Length;
        CheckWidth(factor.Length, width);
        ref var x = ref MemoryMarshal.GetReference(vector);
        ref var row = ref MemoryMarshal.GetReference(factor);
        for (var k = 0; k < width; k++)
        {
            var (pivot, value) = (Unsafe.Add(ref row, k), Unsafe.Add(ref x, k));
            var square = (pivot * pivot) + (sign * value * value);
            // Below that, the difference is mostly rounding.
            if (!(square > 1e-3f * pivot * pivot)) return false;
            var changed = MathF.Sqrt(square);
            var (cosine, sine) = (changed / pivot, value / pivot);
            var (shrink, take) = (Vector256.Create(1 / cosine), Vector256.Create(sign * sine));
            var (grow, give) = (Vector256.Create(cosine), Vector256.Create(-sine));
            for (var i = k / Lanes * Lanes; i < width; i += Lanes)
            {
                ref var u = ref Unsafe.Add(ref row, i);
                ref var v = ref Unsafe.Add(ref x, i);
                var turned = Vector256.FusedMultiplyAdd(
                    take, Vector256.LoadUnsafe(ref v), Vector256.LoadUnsafe(ref u)) * shrink;
                turned.StoreUnsafe(ref u);
                Vector256.FusedMultiplyAdd(give, turned, grow * Vector256.LoadUnsafe(ref v))
                    .StoreUnsafe(ref v);
            }
            Unsafe.Add(ref row, k) = changed;
            Unsafe.Add(ref x, k) = 0;
            row = ref Unsafe.Add(ref row, width);
        }
        return true;
    }

    // Both begin at the lanes of the diagonal; what is before it there is cleared between them.
    private static void Subtract(ref float above, int from, ref float row, int width)
    {
        var v = Vector256.Create(-Unsafe.Add(ref above, from));
        for (var i = from / Lanes * Lanes; i < width; i += Lanes)
        {
            ref var at = ref Unsafe.Add(ref row, i);
            Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref Unsafe.Add(ref above, i)),
                Vector256.LoadUnsafe(ref at)).StoreUnsafe(ref at);
        }
    }

    private static void Scale(ref float row, int from, int width, float first)
    {
        var floor = Math.Max(PivotFloor * first, 1e-30f);
        ref var pivot = ref Unsafe.Add(ref row, from);
        // Also where it is NaN.
        if (!(pivot > floor)) pivot = floor;
        var v = Vector256.Create(1 / MathF.Sqrt(pivot));
        for (var i = from / Lanes * Lanes; i < width; i += Lanes)
        {
            ref var at = ref Unsafe.Add(ref row, i);
            (v * Vector256.LoadUnsafe(ref at)).StoreUnsafe(ref at);
        }
    }

    private static void CheckWidth(int length, int width)
    {
        if (length < width * width || width % DenseKernels.TileColumns != 0)
            throw new ArgumentException($"{length} numbers are no padded matrix of {width}.");
    }
}
