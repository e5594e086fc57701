using System.Buffers;
using System.Numerics.Tensors;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// Directions that many items' factors share: spherical k-means (Dhillon, Modha 2001), in which
/// longer factors weigh more, as they are found more often. The same for a seed, with any number
/// of threads.
/// </summary>
internal static class DirectionClusters
{
    // Items looked at for each direction: more moves the directions little.
    private const int SampleItems = 48;
    private const int ChunkItems = 256;

    /// <summary>Rounds of learning; the directions hardly move afterwards.</summary>
    public const int Rounds = 8;

    /// <summary>Learns directions from a sample of the items.</summary>
    /// <param name="factors">The items.</param>
    /// <param name="count">Directions, fewer where the items are.</param>
    /// <param name="seed">Of the sample.</param>
    /// <param name="parallel">Threads.</param>
    /// <param name="progress">A step is done with each of the <see cref="Rounds"/>.</param>
    /// <returns>Them, one after the other.</returns>
    public static float[] Learn(
        ItemFactors factors, int count, int seed, ParallelOptions parallel,
        StepProgress progress)
    {
        var dimensions = factors.Dimensions;
        var sample = Sample(factors.Count, Math.Max(1, count) * SampleItems, new Random(seed));
        // A sample is in no order, so its first are as good as any.
        var directions = new float[Math.Min(count, sample.Length) * dimensions];
        for (var i = 0; i < directions.Length / dimensions; i++)
            SetDirection(directions.AsSpan(i * dimensions, dimensions), factors[sample[i]]);
        for (var round = 0; round < Rounds; round++)
        {
            var nearest = FindNearest(
                factors, sample, new DirectionTable(directions, dimensions), parallel);
            var sums = new float[directions.Length];
            for (var i = 0; i < sample.Length; i++)
            {
                var sum = sums.AsSpan(nearest[i] * dimensions, dimensions);
                TensorPrimitives.Add(sum, factors[sample[i]], sum);
            }
            for (var at = 0; at < sums.Length; at += dimensions)
                SetDirection(directions.AsSpan(at, dimensions), sums.AsSpan(at, dimensions));
            progress.Add();
        }
        return directions;
    }

    /// <summary>For each item the direction that its factor goes along most.</summary>
    public static int[] FindNearest(
        ItemFactors factors, int[] items, DirectionTable directions, ParallelOptions parallel)
    {
        var nearest = new int[items.Length];
        Parallel.For(0, (items.Length + ChunkItems - 1) / ChunkItems, parallel, chunk =>
        {
            var along = ArrayPool<float>.Shared.Rent(directions.PaddedCount);
            var end = Math.Min(items.Length, (chunk + 1) * ChunkItems);
            for (var i = chunk * ChunkItems; i < end; i++)
            {
                directions.Compare(factors[items[i]], along);
                nearest[i] = TensorPrimitives.IndexOfMax<float>(along.AsSpan(0, directions.Count));
            }
            ArrayPool<float>.Shared.Return(along);
        });
        return nearest;
    }

    // What has no length leaves a direction as it was.
    private static void SetDirection(Span<float> direction, ReadOnlySpan<float> factor)
    {
        var length = (float)ItemFactors.LengthOf(factor);
        if (length > 0 && float.IsFinite(1 / length))
            TensorPrimitives.Divide(factor, length, direction);
    }

    private static int[] Sample(int itemCount, int count, Random random)
    {
        var items = Enumerable.Range(0, itemCount).ToArray();
        count = Math.Min(count, itemCount);
        for (var i = 0; i < count; i++)
        {
            var other = random.Next(i, itemCount);
            (items[i], items[other]) = (items[other], items[i]);
        }
        return items[..count];
    }
}
