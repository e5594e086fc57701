namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Unit vectors in the space of tastes: their product, from -1 to 1, says how well a shopper
/// and a product match.
/// </summary>
internal static class Tastes
{
    public static float[] Draw(SeededRandom random)
    {
        var taste = new float[SimulatedCatalogue.TasteDimensions];
        for (var i = 0; i < taste.Length; i++) taste[i] = random.Normal();
        return Scaled(taste);
    }

    /// <summary>A taste around another.</summary>
    /// <param name="centre">The taste that it is near to.</param>
    /// <param name="spread">The length, on average, of what is added.</param>
    /// <param name="random">Where the chance comes from.</param>
    public static float[] Near(ReadOnlySpan<float> centre, float spread, SeededRandom random)
    {
        var deviation = spread / MathF.Sqrt(centre.Length);
        var taste = centre.ToArray();
        for (var i = 0; i < taste.Length; i++) taste[i] += deviation * random.Normal();
        return Scaled(taste);
    }

    public static float Match(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        // In this order always: a vectorized sum differs in its last bit between machines, and
        // the stream must not.
        var sum = 0f;
        for (var i = 0; i < a.Length && i < b.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    public static float[] Scaled(float[] taste)
    {
        var length = MathF.Sqrt(Match(taste, taste));
        for (var i = 0; i < taste.Length; i++) taste[i] /= length;
        return taste;
    }
}
