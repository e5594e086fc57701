using System.Numerics.Tensors;

namespace StreamCommerce.Models.Blending;

/// <summary>How one ranker's scores are brought to the scale of another's.</summary>
public enum ScoreScale
{
    /// <summary>Lowest 0, highest 1: for scores that fall off like counts.</summary>
    Range,

    /// <summary>Mean 0, standard deviation 1: for scores that are spread like a bell.</summary>
    Deviation,

    /// <summary>As <see cref="Range"/>, then the square root: brings the first ones closer.
    /// </summary>
    Root,
}

/// <summary>Applies a <see cref="ScoreScale"/>.</summary>
internal static class ScoreScales
{
    /// <summary>Scales in place; scores that are all equal become 0.</summary>
    public static void Apply(ScoreScale scale, Span<float> scores)
    {
        if (scores.IsEmpty) return;
        if (scale == ScoreScale.Deviation)
        {
            var mean = TensorPrimitives.Sum<float>(scores) / scores.Length;
            TensorPrimitives.Subtract(scores, mean, scores);
            var deviation = MathF.Sqrt(
                TensorPrimitives.SumOfSquares<float>(scores) / scores.Length);
            Shrink(scores, deviation);
            return;
        }
        var lowest = TensorPrimitives.Min<float>(scores);
        TensorPrimitives.Subtract(scores, lowest, scores);
        Shrink(scores, TensorPrimitives.Max<float>(scores));
        if (scale == ScoreScale.Root) TensorPrimitives.Sqrt(scores, scores);
    }

    private static void Shrink(Span<float> scores, float by)
    {
        // Below this a quotient could overflow, and the scores say nothing but rounding.
        if (by > 1e-30f && float.IsFinite(by)) TensorPrimitives.Divide(scores, by, scores);
        else scores.Clear();
    }
}
