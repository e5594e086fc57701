using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Candidates;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>
/// Gives a share of the places to new products, so that something is learnt of them: Thompson
/// sampling (Thompson 1933; Chapelle, Li, NIPS 2011) over what their impressions and clicks tell
/// of each one's click-through. One that nobody clicks on is tried ever less, and one that was
/// shown often enough is left to the other sources.
/// </summary>
internal static class Exploration
{
    // Of the newest, so many are drawn for.
    private const int ArmLimit = 64;

    // Beyond it, its click-through is known to a percent or so.
    private const int KnownAfter = 1_000;

    /// <summary>How many of the places explore: the share on average, a whole number each time.
    /// </summary>
    public static int PlacesOf(float share, int count, ref SeededDraws draws) =>
        share > 0 ? Math.Min(count, (int)((share * count) + draws.NextUnit())) : 0;

    /// <summary>Puts new products into places of a list, never the first; what stood there moves
    /// back, and the last ones fall out.</summary>
    /// <param name="asked">Who asks.</param>
    /// <param name="shelf">Knows what is new.</param>
    /// <param name="feedback">Impressions and clicks, by the products' numbers.</param>
    /// <param name="chosen">The list, and room for as many as are wanted.</param>
    /// <param name="count">Products that are in it.</param>
    /// <param name="places">How many new ones to put in.</param>
    /// <param name="draws">What is left to chance.</param>
    /// <returns>How many products are in the list now.</returns>
    public static int Explore(
        Asked asked, Shelf shelf, ItemFeedbackCounts feedback, Span<ScoredItem> chosen,
        int count, int places, ref SeededDraws draws)
    {
        Span<int> arms = stackalloc int[ArmLimit];
        arms = arms[..Take(asked, shelf, feedback, arms)];
        for (; places > 0; places--)
        {
            var best = Draw(arms, feedback, chosen[..count], ref draws);
            if (best < 0) break;
            var full = count == chosen.Length;
            if (!full) count++;
            // Behind the first, which is the best that is known.
            var at = count == 1 ? 0 : 1 + draws.NextBelow(count - 1);
            chosen[at..(count - 1)].CopyTo(chosen[(at + 1)..]);
            chosen[at] = new()
            {
                Item = best,
                Score = at > 0 ? chosen[at - 1].Score : 0,
                Because = -1,
                Source = RecommendationSource.Exploration,
            };
        }
        return count;
    }

    /// <summary>Takes the newest of which too little is known, of the last thousand.</summary>
    private static int Take(
        Asked asked, Shelf shelf, ItemFeedbackCounts feedback, Span<int> arms)
    {
        var count = 0;
        foreach (var item in shelf.NewArrivals)
        {
            if (count == arms.Length) break;
            if (feedback[item].Impressions < KnownAfter && asked.Allows(item))
                arms[count++] = item;
        }
        return count;
    }

    private static int Draw(
        ReadOnlySpan<int> arms, ItemFeedbackCounts feedback,
        ReadOnlySpan<ScoredItem> chosen, ref SeededDraws draws)
    {
        var (best, highest) = (-1, double.NegativeInfinity);
        foreach (var item in arms)
        {
            var known = feedback[item];
            var clicks = Math.Min(known.Clicks, known.Impressions);
            var drawn = draws.NextBeta(1 + clicks, 1 + known.Impressions - clicks);
            if (drawn <= highest || IsAmong(chosen, item)) continue;
            (best, highest) = (item, drawn);
        }
        return best;
    }

    private static bool IsAmong(ReadOnlySpan<ScoredItem> chosen, int item)
    {
        foreach (ref readonly var one in chosen)
            if (one.Item == item) return true;
        return false;
    }
}
