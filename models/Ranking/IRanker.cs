namespace StreamCommerce.Models.Ranking;

/// <summary>
/// Ranks all items for one history: a user's taste, a session, a cart. What it has learnt does not
/// change, so any number of threads may ask at once.
/// </summary>
/// <remarks>
/// The contract, which one suite checks against every ranker:
/// <list type="bullet">
/// <item>Every score is finite. Higher is better; only differences within one answer mean
/// something. An item that the ranker knows nothing of gets the lowest score there is, 0 for most.
/// </item>
/// <item>An empty history, one with items that were not seen in training, and one with repeated
/// items are ordinary cases.</item>
/// <item>The same history gets the same scores, to the bit.</item>
/// <item>Items of the history are scored like others: the caller leaves out what it will not show.
/// </item>
/// </list>
/// </remarks>
public interface IRanker
{
    /// <summary>Items that are scored, numbered from 0.</summary>
    int ItemCount { get; }

    /// <summary>Scores every item.</summary>
    /// <param name="history">Oldest first; items outside the range are passed over.</param>
    /// <param name="scores">Overwritten whole; <see cref="ItemCount"/> long.</param>
    void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores);
}
