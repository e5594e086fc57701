namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>What a linear or co-occurrence model has learnt to go with the products that the
/// visitor was at last.</summary>
internal sealed class ModelNeighbourSource : ICandidateSource
{
    public RecommendationSource Source => RecommendationSource.Linear;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Model is not { Model.Neighbours: { Starts.IsEmpty: false } neighbours } model)
            return 0;
        var starts = neighbours.Starts.Span;
        var items = neighbours.Items.Span;
        var weights = neighbours.Weights.Span;
        var sums = asked.Sums;
        sums.Clear();
        var (decay, place) = (model.Model.HistoryDecay, 0);
        foreach (ref readonly var interest in asked.Interests)
        {
            var number = model.NumberOf(interest.Item);
            if (number < 0) continue;
            // As the model was chosen with, the latest first; else as the service has it.
            var interested = decay is { } known
                ? (float)Math.Pow(known, place++) : interest.Weight;
            if (interested == 0) break;
            for (var i = starts[number]; i < starts[number + 1]; i++)
            {
                var item = model.ItemOf(items[i]);
                // A linear model also says what speaks against a product.
                if (item >= 0 && weights[i] > 0)
                    sums.Add(item, interested * weights[i], interest.Item, Source);
            }
        }
        return asked.TakeAllowed(sums, found);
    }
}
