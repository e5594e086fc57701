using StreamCommerce.Engine.Recommendations.Candidates;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>How alike the products of a list are.</summary>
internal interface ILikeness
{
    /// <summary>From 0 (nothing in common) to 1 (the same); finite.</summary>
    /// <param name="left">A product's place in the list.</param>
    /// <param name="right">Another's.</param>
    float Between(int left, int right);
}

/// <summary>A product of a list that is being chosen from.</summary>
/// <param name="Place">Its place in the list.</param>
/// <param name="Most">Its greatest likeness to one that was chosen.</param>
internal record struct Contender(int Place, float Most);

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
    /// <param name="likeness">How alike two products are, by their places in the list as it comes.
    /// </param>
    /// <param name="contenders">Work space as long as the list.</param>
    /// <returns>How many there are.</returns>
    public static int Choose<TLikeness>(
        Span<ScoredItem> ranked, int count, float diversity, TLikeness likeness,
        Span<Contender> contenders)
        where TLikeness : ILikeness
    {
        count = Math.Min(count, ranked.Length);
        if (diversity <= 0 || count <= 1 || !(ranked[0].Score > 0)) return count;
        contenders = contenders[..ranked.Length];
        for (var i = 0; i < contenders.Length; i++) contenders[i] = new(i, 0);
        var scale = (1 - diversity) / ranked[0].Score;
        for (var place = 1; place < count; place++)
        {
            var (best, worth) = (place, float.NegativeInfinity);
            for (var i = place; i < ranked.Length; i++)
            {
                ref var contender = ref contenders[i];
                contender.Most = Math.Max(contender.Most,
                    likeness.Between(contenders[place - 1].Place, contender.Place));
                var marginal = (scale * ranked[i].Score) - (diversity * contender.Most);
                if (marginal > worth || (marginal == worth && ranked[i].IsBefore(ranked[best])))
                    (best, worth) = (i, marginal);
            }
            // The others keep their order.
            var (chosen, like) = (ranked[best], contenders[best]);
            ranked[place..best].CopyTo(ranked[(place + 1)..]);
            contenders[place..best].CopyTo(contenders[(place + 1)..]);
            (ranked[place], contenders[place]) = (chosen, like);
        }
        return count;
    }
}
