using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// The two inner loops that nearly all time is spent in. Eight lanes on every processor and fused
/// operations in one order, so that the sums are the same, to the bit, wherever they run.
/// Matrices are row by row; widths are multiples of <see cref="TileColumns"/>.
/// </summary>
internal static class DenseKernels
{
    /// <summary>Rows of a tile; with two vectors of columns it leaves eight of sixteen registers
    /// for sums.</summary>
    public const int TileRows = 4;

    public const int TileColumns = 16;

    /// <summary>The next multiple of <see cref="TileColumns"/>.</summary>
    public static int Padded(int width) =>
        (width + TileColumns - 1) / TileColumns * TileColumns;

    /// <summary>Adds PᵀP to the upper triangle of a symmetric matrix. What is below it in the tiles
    /// on the diagonal becomes meaningless.</summary>
    /// <param name="panel">P.</param>
    /// <param name="rowCount">P's rows.</param>
    /// <param name="width">P's columns, and the matrix's.</param>
    /// <param name="target">The matrix.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOuterProducts(
        ReadOnlySpan<float> panel, int rowCount, int width, Span<float> target)
    {
        CheckLength(panel.Length, rowCount * width);
        CheckLength(target.Length, width * width);
        ref var rows = ref MemoryMarshal.GetReference(panel);
        ref var sums = ref MemoryMarshal.GetReference(target);
        for (var left = 0; left < width; left += TileRows)
        {
            for (var right = left / TileColumns * TileColumns; right < width; right += TileColumns)
                AddTile(ref rows, rowCount, width, left, right, ref sums, 1);
        }
    }

    /// <summary>Adds ±PᵀP to a tile of 4 × 16: rows from left, columns from right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTile(ref float panel, int rowCount, int width, int left, int right,
        ref float target, float sign)
    {
        var (a0, a1, b0, b1) = (Vector256<float>.Zero, Vector256<float>.Zero,
            Vector256<float>.Zero, Vector256<float>.Zero);
        var (c0, c1, d0, d1) = (a0, a0, a0, a0);
        ref var rowLeft = ref Unsafe.Add(ref panel, left);
        ref var rowRight = ref Unsafe.Add(ref panel, right);
        for (var row = 0; row < rowCount; row++)
        {
            var x0 = Vector256.LoadUnsafe(ref rowRight);
            var x1 = Vector256.LoadUnsafe(ref rowRight, 8);
            var y = Vector256.Create(rowLeft);
            a0 = Vector256.FusedMultiplyAdd(y, x0, a0);
            a1 = Vector256.FusedMultiplyAdd(y, x1, a1);
            y = Vector256.Create(Unsafe.Add(ref rowLeft, 1));
            b0 = Vector256.FusedMultiplyAdd(y, x0, b0);
            b1 = Vector256.FusedMultiplyAdd(y, x1, b1);
            y = Vector256.Create(Unsafe.Add(ref rowLeft, 2));
            c0 = Vector256.FusedMultiplyAdd(y, x0, c0);
            c1 = Vector256.FusedMultiplyAdd(y, x1, c1);
            y = Vector256.Create(Unsafe.Add(ref rowLeft, 3));
            d0 = Vector256.FusedMultiplyAdd(y, x0, d0);
            d1 = Vector256.FusedMultiplyAdd(y, x1, d1);
            rowLeft = ref Unsafe.Add(ref rowLeft, width);
            rowRight = ref Unsafe.Add(ref rowRight, width);
        }
        ref var at = ref Unsafe.Add(ref target, (left * width) + right);
        AddTo(ref at, a0, a1, sign);
        AddTo(ref Unsafe.Add(ref at, width), b0, b1, sign);
        AddTo(ref Unsafe.Add(ref at, 2 * width), c0, c1, sign);
        AddTo(ref Unsafe.Add(ref at, 3 * width), d0, d1, sign);
    }

    /// <summary>Adds Σ weight · row to a vector.</summary>
    /// <param name="rows">Rows, each <paramref name="stride"/> after the one before.</param>
    /// <param name="stride">Between two rows' starts.</param>
    /// <param name="weights">One a row.</param>
    /// <param name="target">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddWeightedRows(ReadOnlySpan<float> rows, int stride,
        ReadOnlySpan<float> weights, Span<float> target)
    {
        if (weights.IsEmpty) return;
        CheckLength(rows.Length, ((weights.Length - 1) * stride) + target.Length);
        ref var sums = ref MemoryMarshal.GetReference(target);
        ref var first = ref MemoryMarshal.GetReference(rows);
        for (var column = 0; column < target.Length; column += TileColumns)
        {
            ref var at = ref Unsafe.Add(ref first, column);
            var (s0, s1) = (Vector256<float>.Zero, Vector256<float>.Zero);
            foreach (var weight in weights)
            {
                var w = Vector256.Create(weight);
                s0 = Vector256.FusedMultiplyAdd(w, Vector256.LoadUnsafe(ref at), s0);
                s1 = Vector256.FusedMultiplyAdd(w, Vector256.LoadUnsafe(ref at, 8), s1);
                at = ref Unsafe.Add(ref at, stride);
            }
            AddTo(ref Unsafe.Add(ref sums, column), s0, s1, 1);
        }
    }

    /// <summary>Asks for numbers that are read soon, so that they are in the nearest cache then.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(ReadOnlySpan<float> numbers)
    {
        const int lineNumbers = 64 / sizeof(float);
        if (!Sse.IsSupported) return;
        ref var first = ref MemoryMarshal.GetReference(numbers);
        // An address that the garbage collector has moved meanwhile costs a line, no more.
        for (var i = 0; i < numbers.Length; i += lineNumbers)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref first, i)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ref float at, Vector256<float> low, Vector256<float> high, float sign)
    {
        var s = Vector256.Create(sign);
        Vector256.FusedMultiplyAdd(s, low, Vector256.LoadUnsafe(ref at)).StoreUnsafe(ref at);
        Vector256.FusedMultiplyAdd(s, high, Vector256.LoadUnsafe(ref at, 8)).StoreUnsafe(ref at, 8);
    }

    // The loops above read by reference, so lengths are checked once here.
    private static void CheckLength(int length, int needed)
    {
        if (length < needed) throw new ArgumentException($"{length} numbers, not {needed}.");
    }
}
