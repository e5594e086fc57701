using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// Inner products of a query's codes with those of a block of 32 items. The block's bytes go by
/// groups of four dimensions, and within a group item by item, so that a lane of a vector belongs
/// to one item and nothing is added up across lanes.
/// </summary>
internal static class CodeKernel
{
    /// <summary>Items of a block.</summary>
    public const int BlockItems = 32;

    /// <summary>Dimensions of a group.</summary>
    public const int GroupDimensions = 4;

    /// <summary>Bytes of a block and group.</summary>
    public const int GroupBytes = BlockItems * GroupDimensions;

    /// <summary>Which items' inner products exceed a threshold.</summary>
    /// <param name="codes">The block: <see cref="GroupBytes"/> for each of the query's groups.
    /// </param>
    /// <param name="query">The query's groups.</param>
    /// <param name="threshold">In units of the codes.</param>
    /// <returns>A bit an item.</returns>
    public static uint Above(
        ReadOnlySpan<byte> codes, ReadOnlySpan<int> query, int threshold) =>
        Avx2.IsSupported
            ? AboveAvx2(codes, query, threshold)
            : AboveScalar(codes, query, threshold);

    internal static uint AboveScalar(
        ReadOnlySpan<byte> codes, ReadOnlySpan<int> query, int threshold)
    {
        var signed = MemoryMarshal.Cast<int, sbyte>(query);
        var above = 0u;
        for (var item = 0; item < BlockItems; item++)
        {
            var sum = 0;
            for (var group = 0; group < query.Length; group++)
            {
                var at = (group * GroupBytes) + (item * GroupDimensions);
                for (var i = 0; i < GroupDimensions; i++)
                    sum += codes[at + i] * signed[(group * GroupDimensions) + i];
            }
            if (sum > threshold) above |= 1u << item;
        }
        return above;
    }

    internal static uint AboveAvx2(
        ReadOnlySpan<byte> codes, ReadOnlySpan<int> query, int threshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codes.Length, query.Length * GroupBytes);
        ref var code = ref MemoryMarshal.GetReference(codes);
        var (first, second, third, fourth) = (Vector256<int>.Zero, Vector256<int>.Zero,
            Vector256<int>.Zero, Vector256<int>.Zero);
        foreach (var group in query)
        {
            var wanted = Vector256.Create(group).AsSByte();
            first += Products(ref code, wanted);
            second += Products(ref Unsafe.Add(ref code, 32), wanted);
            third += Products(ref Unsafe.Add(ref code, 64), wanted);
            fourth += Products(ref Unsafe.Add(ref code, 96), wanted);
            code = ref Unsafe.Add(ref code, GroupBytes);
        }
        var limit = Vector256.Create(threshold);
        return Vector256.GreaterThan(first, limit).ExtractMostSignificantBits()
            | (Vector256.GreaterThan(second, limit).ExtractMostSignificantBits() << 8)
            | (Vector256.GreaterThan(third, limit).ExtractMostSignificantBits() << 16)
            | (Vector256.GreaterThan(fourth, limit).ExtractMostSignificantBits() << 24);
    }

    /// <summary>Of eight items, the sums over a group's dimensions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(ref byte codes, Vector256<sbyte> query) =>
        Avx2.MultiplyAddAdjacent(
            Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref codes), query),
            Vector256<short>.One);
}
