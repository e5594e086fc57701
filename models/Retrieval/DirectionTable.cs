using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// Directions (vectors of length 1) that are compared with a query all at once: 32 side by side,
/// dimension by dimension, so that a lane of a vector belongs to one of them.
/// </summary>
internal sealed class DirectionTable
{
    private const int BlockDirections = 32;

    private readonly float[] _numbers;
    private readonly int _dimensions;

    /// <param name="directions">One after the other.</param>
    /// <param name="dimensions">Numbers of each.</param>
    public DirectionTable(ReadOnlySpan<float> directions, int dimensions)
    {
        (_dimensions, Count) = (dimensions, directions.Length / dimensions);
        PaddedCount = (Count + BlockDirections - 1) / BlockDirections * BlockDirections;
        _numbers = new float[PaddedCount * dimensions];
        for (var i = 0; i < Count; i++)
            for (var d = 0; d < dimensions; d++)
                _numbers[PlaceOf(i, d)] = directions[(i * dimensions) + d];
    }

    public int Count { get; }

    /// <summary>With those of zeros that fill the last 32 up.</summary>
    public int PaddedCount { get; }

    /// <summary>The directions, one after the other.</summary>
    public float[] ToArray()
    {
        var directions = new float[Count * _dimensions];
        for (var i = 0; i < Count; i++)
            for (var d = 0; d < _dimensions; d++)
                directions[(i * _dimensions) + d] = _numbers[PlaceOf(i, d)];
        return directions;
    }

    /// <summary>The query's inner product with each direction.</summary>
    /// <param name="query">As many numbers as a direction.</param>
    /// <param name="along"><see cref="PaddedCount"/> long.</param>
    public void Compare(ReadOnlySpan<float> query, Span<float> along)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length, _dimensions);
        ArgumentOutOfRangeException.ThrowIfLessThan(along.Length, PaddedCount);
        ref var number = ref MemoryMarshal.GetArrayDataReference(_numbers);
        ref var result = ref MemoryMarshal.GetReference(along);
        for (var block = 0; block < PaddedCount; block += BlockDirections)
        {
            var (first, second, third, fourth) = (Vector256<float>.Zero, Vector256<float>.Zero,
                Vector256<float>.Zero, Vector256<float>.Zero);
            foreach (var one in query)
            {
                var wanted = Vector256.Create(one);
                first = Add(ref number, 0, wanted, first);
                second = Add(ref number, 8, wanted, second);
                third = Add(ref number, 16, wanted, third);
                fourth = Add(ref number, 24, wanted, fourth);
                number = ref Unsafe.Add(ref number, BlockDirections);
            }
            first.StoreUnsafe(ref result, (nuint)block);
            second.StoreUnsafe(ref result, (nuint)block + 8);
            third.StoreUnsafe(ref result, (nuint)block + 16);
            fourth.StoreUnsafe(ref result, (nuint)block + 24);
        }
    }

    private int PlaceOf(int direction, int dimension) =>
        (((direction / BlockDirections * _dimensions) + dimension) * BlockDirections)
            + (direction % BlockDirections);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(
        ref float numbers, nuint at, Vector256<float> query, Vector256<float> sum) =>
        Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref numbers, at), query, sum);
}
