using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Recommendations.Merchandising;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>Puts what merchants have pinned into its places.</summary>
internal static class Pins
{
    /// <summary>The name of a placement in a plan.</summary>
    public static string NameOf(Placement placement) => placement switch
    {
        Placement.Similar => "similar",
        Placement.BoughtTogether => "bought-together",
        Placement.Trending => "trending",
        Placement.NewArrivals => "new-arrivals",
        _ => "recommendations",
    };

    /// <summary>Puts the pinned products of a page into their places, which count over all pages;
    /// what stood there moves back, and the last ones fall out.</summary>
    /// <param name="asked">Who asks.</param>
    /// <param name="chosen">The list, and room for as many as are wanted.</param>
    /// <param name="count">Products that are in it.</param>
    /// <returns>How many are in it now.</returns>
    public static int Put(Asked asked, Span<ScoredItem> chosen, int count)
    {
        Span<PinnedItem> pins = stackalloc PinnedItem[MerchandisingRules.PositionLimit];
        pins = pins[..asked.Merchandise.CopyPins(
            NameOf(asked.Request.Placement), asked.OnlyCategory, asked.OnlyProduct, pins)];
        // In the order of their places, so that none moves one before it.
        foreach (var (item, place) in pins)
        {
            var position = place - asked.Request.After.Count;
            if (position < 1 || position > chosen.Length || !asked.Allows(item)) continue;
            count = Remove(chosen, count, item);
            var at = Math.Min(position - 1, count);
            if (count < chosen.Length) count++;
            chosen[at..(count - 1)].CopyTo(chosen[(at + 1)..]);
            chosen[at] = new()
            {
                Item = item,
                Because = -1,
                Score = at > 0 ? chosen[at - 1].Score : 1,
                Source = RecommendationSource.Pinned,
            };
        }
        return count;
    }

    private static int Remove(Span<ScoredItem> chosen, int count, int item)
    {
        for (var i = 0; i < count; i++)
        {
            if (chosen[i].Item != item) continue;
            chosen[(i + 1)..count].CopyTo(chosen[i..]);
            return count - 1;
        }
        return count;
    }
}
