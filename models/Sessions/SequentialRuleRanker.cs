using System.Collections.Concurrent;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// Ranks by the rules of the last items of the history, later ones weighing more; 0 for items that
/// follow none of them.
/// </summary>
/// <param name="rules">The rules; not changed any more.</param>
/// <param name="itemLimit">Last clicks of the history whose rules vote.</param>
/// <param name="decay">What the rules of a click weigh beside those of the next one: 0 … 1.</param>
/// <param name="itemCount">Items that are scored.</param>
public sealed class SequentialRuleRanker(
    SequentialRules rules, int itemLimit, double decay, int itemCount) : IRanker
{
    private readonly ConcurrentBag<ItemVotes> _spaces = [];

    public int ItemCount => itemCount;

    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        if (!_spaces.TryTake(out var votes)) votes = new();
        votes.Clear();
        var weight = 1.0;
        for (var step = 1; step <= itemLimit && step <= history.Length; step++)
        {
            rules.Vote(history[^step].Item, (float)weight, votes);
            weight *= decay;
        }
        votes.WriteTo(scores[..itemCount]);
        _spaces.Add(votes);
    }
}
