using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StreamCommerce.Models.Factorization;

/// <summary>Products of many rows with one vector, four rows at a time.</summary>
internal static class ScoreKernel
{
    private const int Lanes = 8;

    /// <summary>Each row's product with the vector.</summary>
    /// <param name="rows">Row by row, each as long as the vector.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="products">One a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        ReadOnlySpan<float> rows, ReadOnlySpan<float> vector, Span<float> products)
    {
        var width = vector.Length;
        if (rows.Length < (long)products.Length * width)
            throw new ArgumentException("Fewer rows than products.", nameof(rows));
        var row = 0;
        if (width % Lanes == 0)
        {
            for (; row + 4 <= products.Length; row += 4)
                MultiplyFour(rows[(row * width)..], vector, products[row..]);
        }
        for (; row < products.Length; row++)
            products[row] = TensorPrimitives.Dot(rows.Slice(row * width, width), vector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFour(
        ReadOnlySpan<float> rows, ReadOnlySpan<float> vector, Span<float> products)
    {
        var (a, b, c, d) = (Vector256<float>.Zero, Vector256<float>.Zero,
            Vector256<float>.Zero, Vector256<float>.Zero);
        var width = vector.Length;
        ref var x = ref MemoryMarshal.GetReference(vector);
        ref var row = ref MemoryMarshal.GetReference(rows);
        for (var i = 0; i < width; i += Lanes)
        {
            var v = Vector256.LoadUnsafe(ref x, (nuint)i);
            ref var at = ref Unsafe.Add(ref row, i);
            a = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref at), a);
            b = Vector256.FusedMultiplyAdd(v,
                Vector256.LoadUnsafe(ref Unsafe.Add(ref at, width)), b);
            c = Vector256.FusedMultiplyAdd(v,
                Vector256.LoadUnsafe(ref Unsafe.Add(ref at, 2 * width)), c);
            d = Vector256.FusedMultiplyAdd(v,
                Vector256.LoadUnsafe(ref Unsafe.Add(ref at, 3 * width)), d);
        }
        products[0] = Vector256.Sum(a);
        products[1] = Vector256.Sum(b);
        products[2] = Vector256.Sum(c);
        products[3] = Vector256.Sum(d);
    }
}
