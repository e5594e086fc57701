using System.Collections.Concurrent;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Sessions;

/// <summary>Ranks by the votes of sessions like the history; 0 for items without a vote.</summary>
public sealed class NeighbourRanker : IRanker
{
    private readonly SessionIndex _index;
    private readonly NeighbourOptions _options;
    private readonly ConcurrentBag<NeighbourSearch> _searches = [];

    /// <param name="index">The sessions; not changed any more.</param>
    /// <param name="options">How they are found and weighed.</param>
    /// <param name="itemCount">Items that are scored.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public NeighbourRanker(SessionIndex index, NeighbourOptions options, int itemCount)
    {
        options.Check();
        (_index, _options, ItemCount) = (index, options, itemCount);
    }

    public int ItemCount { get; }

    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        if (!_searches.TryTake(out var search)) search = new(_options);
        search.Vote(_index, history);
        search.Votes.WriteTo(scores[..ItemCount]);
        _searches.Add(search);
    }
}
