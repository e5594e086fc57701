using System.Runtime.InteropServices;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>
/// Long-term taste: the visitor's factor is solved for from the interactions of this moment, and
/// the products whose factors it meets best are found.
/// </summary>
internal sealed class FactorSource : ICandidateSource
{
    private const double TicksPerDay = TimeSpan.TicksPerDay;

    public RecommendationSource Source => RecommendationSource.Factors;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Model is not { FoldIn: { } foldIn, Search: { } search } model) return 0;
        var entries = asked.Entries;
        entries.Clear();
        foreach (ref readonly var done in asked.Done)
        {
            var weight = WeightOf(model.Model.FoldIn, done.Name);
            var number = model.NumberOf(done.Item);
            if (weight == 0 || number < 0) continue;
            // By the visitor's own clock: a history that is replayed is not old to itself.
            var days = (asked.Done[^1].Ticks - done.Ticks) / TicksPerDay;
            weight *= Math.Pow(0.5, days / model.Model.FoldIn.HalfLifeDays);
            entries.Add(new(number, (float)weight));
        }
        foreach (var item in asked.Context)
        {
            if (model.NumberOf(item) is var number and >= 0)
                entries.Add(new(number, (float)model.Model.FoldIn.ViewWeight));
        }
        if (entries.Count == 0) return 0;
        var factor = asked.FactorOf(foldIn.Dimensions);
        foldIn.Solve(CollectionsMarshal.AsSpan(entries), factor);
        Span<RankedItem> top = stackalloc RankedItem[found.Length];
        var count = search.Search(factor, top, new AllowedItems(asked, model));
        // What taste speaks against comes from others, if at all.
        while (count > 0 && !(top[count - 1].Score > 0)) count--;
        for (var i = 0; i < count; i++) found[i] = new(model.ItemOf(top[i].Item), top[i].Score);
        return count;
    }

    private static double WeightOf(FoldInParameters parameters, EventName name) => name switch
    {
        EventName.SelectItem or EventName.ViewItem => parameters.ViewWeight,
        EventName.AddToCart => parameters.CartWeight,
        EventName.Purchase => parameters.PurchaseWeight,
        _ => 0,
    };
}
