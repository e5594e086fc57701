namespace StreamCommerce.Ingest.Simulation;

/// <summary>What a shopper does in a step.</summary>
internal enum Step
{
    List,
    Search,
    Select,
    View,
    Add,
    Remove,
    Cart,
    Begin,
    Shipping,
    Payment,
    Purchase,
    Leave,
}

/// <summary>
/// The Markov chain of a session. Its weights are chosen so that a session has about nine events,
/// about one in three has something in its cart, and about seven in ten of these buy nothing,
/// as shops report.
/// </summary>
internal static class SessionWalk
{
    /// <summary>Ends a session that, by bad luck, would go on and on.</summary>
    public const int StepLimit = 150;

    // Rows: the step before. Columns: the weight of each step after, in the order of Step.
    private static readonly double[][] Weights =
    [
        //         List Srch Sel  View Add  Rem  Cart Begn Ship Pay  Purc Leave
        /* List */ [15, 9, 66, 0, 0, 0, 2, 0, 0, 0, 0, 8],
        /* Srch */ [20, 12, 58, 0, 0, 0, 0, 0, 0, 0, 0, 10],
        /* Sel  */ [0, 0, 0, 97, 0, 0, 0, 0, 0, 0, 0, 3],
        /* View */ [24, 9, 25, 0, 13, 0, 3, 0, 0, 0, 0, 15],
        /* Add  */ [20, 5, 16, 0, 0, 2, 48, 0, 0, 0, 0, 9],
        /* Rem  */ [32, 8, 10, 0, 0, 4, 26, 0, 0, 0, 0, 20],
        /* Cart */ [12, 4, 6, 0, 0, 8, 0, 54, 0, 0, 0, 16],
        /* Begn */ [0, 0, 0, 0, 0, 0, 6, 0, 82, 0, 0, 12],
        /* Ship */ [0, 0, 0, 0, 0, 0, 3, 0, 0, 86, 0, 11],
        /* Pay  */ [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 90, 8],
        /* Purc */ [8, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 87],
    ];

    /// <summary>The first step: many land on a product from outside.</summary>
    /// <param name="hasCart">A cart was found again; many look into it first.</param>
    /// <param name="random">Where the chance comes from.</param>
    public static Step First(bool hasCart, SeededRandom random) => hasCart && random.Chance(0.4)
        ? Step.Cart
        : random.NextDouble() switch
        {
            < 0.50 => Step.List,
            < 0.72 => Step.Search,
            _ => Step.View,
        };

    /// <summary>The step after <paramref name="before"/>.</summary>
    /// <param name="before">Any step but <see cref="Step.Leave"/>.</param>
    /// <param name="desire">Multiplies the weight of adding to the cart; 1 is average.</param>
    /// <param name="hasCart">Without a cart there is nothing to look into or to remove.</param>
    /// <param name="random">Where the chance comes from.</param>
    public static Step Next(Step before, double desire, bool hasCart, SeededRandom random)
    {
        var weights = Weights[(int)before].AsSpan();
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++) sum += Weight(weights, (Step)i);
        var at = random.NextDouble() * sum;
        for (var i = 0; i < weights.Length; i++)
        {
            at -= Weight(weights, (Step)i);
            if (at < 0) return (Step)i;
        }
        return Step.Leave;

        double Weight(ReadOnlySpan<double> row, Step step) => step switch
        {
            Step.Add => row[(int)step] * desire,
            Step.Cart or Step.Remove or Step.Begin when !hasCart => 0,
            _ => row[(int)step],
        };
    }
}
