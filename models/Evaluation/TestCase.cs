using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>One question to a ranker, and what would have been right.</summary>
/// <param name="History">What is known of the user or session, oldest first.</param>
/// <param name="Targets">Items that came next, ascending, each once; at least one.</param>
/// <param name="LeftOut">Items that no answer may hold, ascending: those bought already, or the one
/// on screen. A target that is left out counts as missed.</param>
public sealed record TestCase(
    ReadOnlyMemory<HistoryEntry> History,
    ReadOnlyMemory<int> Targets,
    ReadOnlyMemory<int> LeftOut = default)
{
    /// <summary>The items of entries, ascending, each once.</summary>
    internal static int[] ItemsOf(ReadOnlySpan<HistoryEntry> entries)
    {
        var items = new SortedSet<int>();
        foreach (var entry in entries) items.Add(entry.Item);
        return [.. items];
    }
}
