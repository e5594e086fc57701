using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>Gives each answer the id that its impressions and clicks come back with. Any thread.
/// </summary>
public sealed class AnswerIds(TimeProvider time)
{
    private int _number;

    /// <summary>A new id, for one answer.</summary>
    /// <param name="visitor">Whose it is; null: anybody's.</param>
    /// <param name="assignment">The arms by which it was made.</param>
    /// <param name="items">The products, first to last; the first
    /// <see cref="AnswerLabel.ItemLimit"/> are credited.</param>
    public string New(
        VisitorId? visitor, Assignment assignment, ReadOnlySpan<AnsweredItem> items) =>
        AnswerLabel.Write(visitor, time.GetUtcNow(), (uint)Interlocked.Increment(ref _number),
            assignment.Tags, items);
}
