using StreamCommerce.Engine.Recommendations.Candidates;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>How alike two products are.</summary>
internal interface ILikeness
{
    /// <summary>From 0 (nothing in common) to 1 (the same); finite.</summary>
    float Between(int left, int right);
}

/// <summary>
/// Chooses the products of a page by maximal marginal relevance (Carbonell, Goldstein, SIGIR 1998):
/// one after the other, the one that is wanted most after what is like it has been taken off.
/// </summary>
internal static class DiverseChoice
{
    /// <summary>Orders the best of a list.</summary>
    /// <param name="ranked">Best first, scores not negative; its first <paramref name="count"/>
    /// places are filled with the chosen ones, in their order.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="diversity">What likeness to a product before counts against relevance: from 0,
    /// which leaves the order as it is, to 1.</param>
    /// <param name="likeness">How alike two products are.</param>
    /// <param name="most">Work space as long as the list.</param>
    /// <returns>How many there are.</returns>
    public static int Choose<TLikeness>(
        Span<ScoredItem> ranked, int count, float diversity, TLikeness likeness, Span<float> most)
        where TLikeness : ILikeness
    {
        count = Math.Min(count, ranked.Length);
        if (diversity <= 0 || count <= 1 || !(ranked[0].Score > 0)) return count;
        most = most[..ranked.Length];
        most.Clear();
        var scale = (1 - diversity) / ranked[0].Score;
        for (var place = 1; place < count; place++)
        {
            var (best, worth) = (place, float.NegativeInfinity);
            for (var i = place; i < ranked.Length; i++)
            {
                most[i] = Math.Max(
                    most[i], likeness.Between(ranked[place - 1].Item, ranked[i].Item));
                var marginal = (scale * ranked[i].Score) - (diversity * most[i]);
                if (marginal > worth || (marginal == worth && ranked[i].IsBefore(ranked[best])))
                    (best, worth) = (i, marginal);
            }
            // The others keep their order.
            var (chosen, like) = (ranked[best], most[best]);
            ranked[place..best].CopyTo(ranked[(place + 1)..]);
            most[place..best].CopyTo(most[(place + 1)..]);
            (ranked[place], most[place]) = (chosen, like);
        }
        return count;
    }
}
