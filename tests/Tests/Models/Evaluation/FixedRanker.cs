using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Tests.Models.Evaluation;

/// <summary>Gives every history the same scores.</summary>
internal sealed class FixedRanker(params float[] scores) : IRanker
{
    public int ItemCount => scores.Length;

    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> into) => scores.CopyTo(into);
}
