using System.Numerics;

namespace StreamCommerce.Models.Ranking;

/// <summary>An item and its score.</summary>
public readonly record struct RankedItem(int Item, float Score);

/// <summary>
/// The best items of a list of scores. Equal scores go by the lower number, so that an answer
/// depends on the scores alone.
/// </summary>
public static class TopItems
{
    /// <summary>Whether one stands before the other.</summary>
    public static bool IsBefore(RankedItem left, RankedItem right) =>
        left.Score > right.Score || (left.Score == right.Score && left.Item < right.Item);

    /// <summary>Fills a list with the best of the scores, best first.</summary>
    /// <param name="scores">By item. Negative infinity and NaN are left out.</param>
    /// <param name="top">As many as are wanted.</param>
    /// <returns>How many there are; fewer than wanted where the scores are fewer.</returns>
    public static int Select(ReadOnlySpan<float> scores, Span<RankedItem> top)
    {
        if (top.IsEmpty) return 0;
        var count = 0;
        var floor = float.NegativeInfinity;
        for (var item = 0; item < scores.Length;)
        {
            // Most of a long list is below the floor: a register full is passed over at a time.
            if (item + Vector<float>.Count <= scores.Length
                && !Vector.GreaterThanAny(new Vector<float>(scores[item..]), new(floor)))
            {
                item += Vector<float>.Count;
                continue;
            }
            var until = Math.Min(scores.Length, item + Vector<float>.Count);
            for (; item < until; item++)
            {
                // Also false for NaN. An equal score with a higher number enters no full list.
                if (!(scores[item] > floor)) continue;
                count = Insert(top, count, new(item, scores[item]));
                if (count == top.Length) floor = top[^1].Score;
            }
        }
        return count;
    }

    /// <summary>
    /// Puts an item into a list that is sorted, best first; the last one falls out of a full list.
    /// </summary>
    /// <param name="top">The list.</param>
    /// <param name="count">How many it holds.</param>
    /// <param name="entry">The newcomer.</param>
    /// <returns>How many it holds now.</returns>
    public static int Insert(Span<RankedItem> top, int count, RankedItem entry)
    {
        if (count == top.Length)
        {
            if (count == 0 || !IsBefore(entry, top[count - 1])) return count;
            count--;
        }
        // Lists are short (20 of 100,000), and hardly an item enters: shifting beats a heap.
        var at = count;
        for (; at > 0 && IsBefore(entry, top[at - 1]); at--) top[at] = top[at - 1];
        top[at] = entry;
        return count + 1;
    }
}
