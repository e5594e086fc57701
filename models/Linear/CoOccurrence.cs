using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// Paths of three steps in the graph of users and items: from an item of the history to the users
/// who have it to what else they have, as LinkProp counts them (Fu et al., WSDM 2022). A path is
/// weighed by powers of the degrees on its way, so that active users and popular items do not
/// drown the others: with all exponents ½ it is the linear filter of GF-CF (Shen et al., CIKM
/// 2021), with the user's 0 and the items' ½ the cosine of item-based neighbours.
/// </summary>
public static class CoOccurrence
{
    /// <summary>
    /// Entries of a user, around an item's own, that are counted as seen with it. A machine that
    /// clicks through the catalogue would otherwise cost its length squared and say nothing.
    /// </summary>
    private const int WindowLimit = 2_000;

    /// <summary>Neighbours of an item at most: what a model keeps of them is far less.</summary>
    private const int NeighbourLimit = 10_000;

    public static RankerFamily Family { get; } = new(
        "co-occurrence",
        [
            new("userExponent", 0.5, [0, 0.25, 0.4, 0.5, 0.6, 0.75, 1]),
            new("rowExponent", 0.5, [0, 0.25, 0.4, 0.5, 0.6, 0.75, 1]),
            new("columnExponent", 0.35, [0, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6]),
            new("power", 1, [0.7, 0.85, 1, 1.15, 1.3, 1.5]),
            new("historyDecay", 1, [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]),
            new("neighbours", 500, [100, 200, 500, 1000]),
        ],
        Train);

    private static ItemWeightRanker Train(
        Histories train, ParameterSet parameters, TrainingContext context, CancellationToken ct)
    {
        var occurrences = Occurrences.Of(train);
        var ofUser = UserWeights(train, parameters["userExponent"]);
        var ofRow = occurrences.Powers(-parameters["rowExponent"]);
        var ofColumn = occurrences.Powers(-parameters["columnExponent"]);
        var power = parameters["power"];
        var neighbours = parameters.GetCount("neighbours", NeighbourLimit);

        var weights = RowSums.Square(train.ItemCount, (item, sums) =>
        {
            foreach (var (user, at) in occurrences.Of(item))
            {
                var entries = train[user];
                var from = Math.Max(0, at - WindowLimit / 2);
                var until = Math.Min(entries.Length, at + WindowLimit / 2);
                for (var i = from; i < until; i++)
                    if (i != at) sums.Add(entries[i].Item, ofUser[user] * entries[i].Weight);
            }
            return sums.Take(neighbours, (column, sum) => ofRow[item] * ofColumn[column]
                * (power == 1 ? sum : (float)Math.Pow(sum, power)));
        }, context, ct);
        return new(weights, new(parameters.GetShare("historyDecay")));
    }

    private static float[] UserWeights(Histories train, double exponent)
    {
        var weights = new float[train.UserCount];
        for (var user = 0; user < weights.Length; user++)
            weights[user] = (float)Math.Pow(Math.Max(1, train[user].Length), -exponent);
        return weights;
    }
}
