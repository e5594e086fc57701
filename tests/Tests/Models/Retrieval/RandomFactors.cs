using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Tests.Models.Retrieval;

/// <summary>Factors and queries from a seed, of awkward kinds too.</summary>
internal static class RandomFactors
{
    /// <summary>A few items of any number of dimensions: clustered, some the same, some zeros,
    /// long and short ones.</summary>
    public static ItemFactors Awkward(Random random)
    {
        var (count, dimensions) = (random.Next(0, 300), random.Next(1, 70));
        var numbers = Clustered(random, count, dimensions, clusters: 5);
        var scale = MathF.Pow(10, random.Next(-8, 8));
        for (var item = 0; item < count; item++)
        {
            var factor = numbers.AsSpan(item * dimensions, dimensions);
            var kind = random.Next(10);
            if (kind == 0) factor.Clear();
            if (kind == 1) numbers.AsSpan(0, dimensions).CopyTo(factor);
            if (kind == 2) foreach (ref var number in factor) number *= 1e-20f;
            foreach (ref var number in factor) number *= scale;
        }
        return new(numbers, dimensions);
    }

    /// <summary>A query: mostly near an item, else of any direction.</summary>
    public static float[] Query(Random random, ItemFactors factors)
    {
        var query = new float[factors.Dimensions];
        foreach (ref var number in query.AsSpan()) number = Normal(random);
        if (factors.Count > 0 && random.Next(4) > 0)
        {
            var item = factors[random.Next(factors.Count)];
            for (var i = 0; i < query.Length; i++) query[i] = (0.1f * query[i]) + item[i];
        }
        var scale = MathF.Pow(10, random.Next(-8, 8));
        foreach (ref var number in query.AsSpan()) number *= scale;
        return query;
    }

    /// <summary>Items around directions that they share, of uneven lengths, as trained ones are.
    /// </summary>
    public static float[] Clustered(Random random, int count, int dimensions, int clusters)
    {
        var centres = new float[clusters * dimensions];
        foreach (ref var number in centres.AsSpan()) number = Normal(random);
        var numbers = new float[count * dimensions];
        for (var item = 0; item < count; item++)
        {
            var centre = random.Next(clusters) * dimensions;
            var length = MathF.Exp(0.4f * Normal(random));
            for (var i = 0; i < dimensions; i++)
            {
                numbers[(item * dimensions) + i] =
                    length * (centres[centre + i] + (0.8f * Normal(random)));
            }
        }
        return numbers;
    }

    private static float Normal(Random random) => (float)(
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
            * Math.Cos(2 * Math.PI * random.NextDouble()));
}
