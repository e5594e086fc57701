using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// A linear item model: each item is predicted from the others by ridge regression, its own weight
/// being zero, as in EASE (Steck, WWW 2019). EASE inverts the item-by-item matrix, which takes
/// gigabytes and hours for a large catalogue; here an item's regression sees only the items that
/// occur with it most, as in the feature selection of SLIM (Ning and Karypis, ICDM 2011), so that
/// all columns are solved independently and memory grows with what occurs together.
/// </summary>
/// <remarks>
/// The Gramian of users' histories may be dampened: a user's entries are weighed by a power of the
/// history's length, and the predictions by a power of the item's frequency.
/// </remarks>
public static class NeighbourhoodRidge
{
    /// <summary>Items of one regression at most: a matrix of 1,000² floats a thread.</summary>
    private const int NeighbourLimit = 1_000;

    // Of the time that training takes.
    private const double GramianShare = 0.2;

    public static RankerFamily Family { get; } = new(
        "neighbourhood-ridge",
        [
            new("regularization", 50, [2, 5, 10, 20, 30, 50, 100, 200]),
            new("userExponent", 0, [0, 0.25, 0.5, 0.75, 1]),
            new("frequencyExponent", 0, [-0.1, 0, 0.1, 0.25, 0.5]),
            new("columnExponent", 0, [-0.2, -0.1, 0, 0.1, 0.2, 0.4]),
            new("historyDecay", 1, [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]),
            new("neighbours", 100, [50, 100, 200, 300]) { IsCostly = true },
        ],
        Train);

    private static ItemWeightRanker Train(
        Histories train, ParameterSet parameters, TrainingContext context, CancellationToken ct)
    {
        var neighbours = parameters.GetCount("neighbours", NeighbourLimit);
        var regularization = (float)parameters["regularization"];
        if (!(regularization > 0) || !float.IsFinite(regularization))
            throw new ArgumentException("The regularization is above 0.", nameof(parameters));
        var gramian = ItemGramian.Of(
            train, parameters["userExponent"], context.Part(0, GramianShare), ct);
        var occurrences = Occurrences.Of(train);
        var ofItem = occurrences.Powers(-parameters["frequencyExponent"]);
        var ofColumn = occurrences.Powers(-parameters["columnExponent"]);
        // Column by column: what predicts an item. Rankers want what an item predicts.
        var columns = RowSums.Square(train.ItemCount, (item, sums) =>
        {
            var (others, products) = gramian.Strongest(item, neighbours, ofItem);
            if (others.Length == 0) return ([], []);
            var weights = Regress(gramian, others, products, regularization, ofItem, item);
            for (var i = 0; i < others.Length; i++)
                weights[i] *= ofColumn[item];
            return (others, weights);
        }, context.Part(GramianShare, 1), ct);
        return new(columns.Transpose(), new(parameters.GetShare("historyDecay")));
    }

    private static float[] Regress(
        ItemGramian gramian, int[] others, float[] products, float regularization, float[] scale,
        int item)
    {
        var size = others.Length;
        var matrix = new float[size * size];
        for (var row = 0; row < size; row++)
        {
            gramian.Gather(others[row], others.AsSpan(0, row + 1), matrix.AsSpan(row * size));
            for (var column = 0; column <= row; column++)
                matrix[row * size + column] *= scale[others[row]] * scale[others[column]];
            matrix[row * size + row] += regularization;
        }
        var weights = new float[size];
        for (var i = 0; i < size; i++) weights[i] = products[i] * scale[others[i]] * scale[item];
        // A regularized Gramian is positive definite but for rounding.
        if (!SymmetricSolver.TryFactorize(matrix, size)) return new float[size];
        SymmetricSolver.Solve(matrix, size, weights);
        for (var i = 0; i < size; i++) weights[i] *= scale[others[i]];
        return weights;
    }
}
