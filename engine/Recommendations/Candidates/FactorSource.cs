using System.Runtime.InteropServices;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>
/// Long-term taste: the visitor's factor is solved for from the interactions of this moment, and
/// the products whose factors it meets best are found.
/// </summary>
internal sealed class FactorSource : ICandidateSource
{
    public RecommendationSource Source => RecommendationSource.Factors;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Model is not { FoldIn: { } foldIn } model) return 0;
        var known = new KnownItems(model);
        var entries = asked.Entries;
        entries.Clear();
        // By the visitor's own clock: a history that is replayed is not old to itself.
        var now = asked.Done.IsEmpty ? 0 : asked.Done[^1].Ticks;
        foreach (ref readonly var done in asked.Done)
        {
            var weight = TasteWeights.Of(done, now, model.Model.FoldIn);
            if (weight > 0 && known.NumberOf(done.Item) is var number and >= 0)
                entries.Add(new(number, weight));
        }
        foreach (var item in asked.Context)
        {
            if (known.NumberOf(item) is var number and >= 0)
                entries.Add(new(number, (float)model.Model.FoldIn.ViewWeight));
        }
        if (entries.Count == 0) return 0;
        var factor = asked.FactorOf(foldIn.Dimensions);
        known.FoldIn(CollectionsMarshal.AsSpan(entries), factor);
        Span<RankedItem> top = stackalloc RankedItem[found.Length];
        var count = known.Search(factor, top, asked);
        // What taste speaks against comes from others, if at all.
        while (count > 0 && !(top[count - 1].Score > 0)) count--;
        for (var i = 0; i < count; i++) found[i] = new(known.ItemOf(top[i].Item), top[i].Score);
        return count;
    }
}
