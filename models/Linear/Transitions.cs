using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// Sequential rules (Ludewig and Jannach 2018): what came after an item within a few steps, a step
/// further away counting less. With one step it is a Markov chain of the first order. The history's
/// last item decides, or also those before it where their decay is above 0.
/// </summary>
public static class Transitions
{
    /// <summary>Steps that are looked ahead at most; further ones say next to nothing.</summary>
    private const int StepLimit = 50;

    /// <summary>Neighbours of an item at most: what a model keeps of them is far less.</summary>
    private const int NeighbourLimit = 10_000;

    public static RankerFamily Family { get; } = new(
        "transitions",
        [
            new("steps", 10, [1, 2, 3, 5, 10, 20]),
            new("stepExponent", 1, [0, 0.5, 1, 1.5, 2]),
            new("popularityExponent", 0, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7]),
            new("rowExponent", 0, [0, 0.25, 0.5, 0.75, 1]),
            new("backward", 0, [0, 0.1, 0.25, 0.5, 0.75, 1]),
            new("historyDecay", 0, [0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1]),
            new("neighbours", 200, [20, 50, 100, 200, 500]),
        ],
        Train);

    private static ItemWeightRanker Train(
        Histories train, ParameterSet parameters, TrainingContext context, CancellationToken ct)
    {
        var steps = parameters.GetInt32("steps");
        if (steps is < 1 or > StepLimit)
            throw new ArgumentException($"Steps are 1 … {StepLimit}.", nameof(parameters));
        var ahead = new float[steps + 1];
        for (var step = 1; step <= steps; step++)
            ahead[step] = (float)Math.Pow(step, -parameters["stepExponent"]);
        var backward = (float)parameters["backward"];
        var occurrences = Occurrences.Of(train);
        var columnScale = occurrences.Powers(-parameters["popularityExponent"]);
        var rowScale = occurrences.Powers(-parameters["rowExponent"]);
        var neighbours = parameters.GetCount("neighbours", NeighbourLimit);

        var weights = RowSums.Square(train.ItemCount, (item, sums) =>
        {
            foreach (var (user, at) in occurrences.Of(item))
            {
                var entries = train[user];
                for (var step = 1; step <= steps && at + step < entries.Length; step++)
                    sums.Add(entries[at + step].Item, ahead[step] * entries[at + step].Weight);
                if (backward == 0) continue;
                for (var step = 1; step <= steps && step <= at; step++)
                    sums.Add(entries[at - step].Item,
                        backward * ahead[step] * entries[at - step].Weight);
            }
            return sums.Take(neighbours, (column, sum) =>
                sum * columnScale[column] * rowScale[item]);
        }, context, ct);
        return new ItemWeightRanker(weights, new(parameters.GetShare("historyDecay")));
    }
}
