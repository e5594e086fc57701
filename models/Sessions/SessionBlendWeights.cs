namespace StreamCommerce.Models.Sessions;

/// <summary>
/// What each voter counts in each <see cref="SessionSituation"/>. Does not change.
/// </summary>
public sealed class SessionBlendWeights
{
    internal const int Voters = (int)SessionVoter.Earlier + 1;

    // Rounds of expectation maximization; weights move by less than 0.001 from the 40th on.
    private const int Rounds = 60;

    // What stays for items that no voter named: a click that nobody foresaw moves no weight.
    private const double Unforeseen = 1e-6;

    // Clicks that the default weights count for.
    private const double PriorCases = 50;

    // By the number of different items; in the order of the voters.
    private static readonly float[][] _byItems =
    [
        [0.25f, 0.10f, 0.15f, 0.10f, 0, 0, 0.05f, 0.02f, 0.20f, 0, 0],
        [0.30f, 0.03f, 0.13f, 0.08f, 0.10f, 0, 0.05f, 0.02f, 0.12f, 0.06f, 0],
        [0.32f, 0.02f, 0.13f, 0.06f, 0.09f, 0.05f, 0.04f, 0.02f, 0.12f, 0.05f, 0.03f],
        [0.40f, 0.02f, 0.12f, 0.04f, 0.06f, 0.04f, 0.04f, 0.02f, 0.09f, 0.03f, 0.05f],
    ];

    private readonly float[] _weights;

    /// <param name="weights">By situation, then by voter; finite, none below 0. Copied.</param>
    /// <exception cref="ArgumentException">They are not as many, or not such numbers.</exception>
    public SessionBlendWeights(ReadOnlySpan<float> weights)
    {
        if (weights.Length != SessionSituation.Count * Voters)
            throw new ArgumentException(
                $"There must be {SessionSituation.Count * Voters}, not {weights.Length}.",
                nameof(weights));
        foreach (var weight in weights)
            if (!(weight >= 0) || !float.IsFinite(weight))
                throw new ArgumentException($"{weight} is no weight.", nameof(weights));
        _weights = weights.ToArray();
    }

    /// <summary>For a shop whose sessions are too few to learn from: about what was learnt from
    /// the clicks of a large one.</summary>
    public static SessionBlendWeights Default { get; } = new([.. Enumerable
        .Range(0, SessionSituation.Count).SelectMany(situation =>
            _byItems[SessionSituation.ItemsOf(situation) - 1])]);

    /// <summary>All weights, by situation, then by voter.</summary>
    public ReadOnlySpan<float> Values => _weights;

    /// <summary>A voter's weight in a situation.</summary>
    internal float this[int situation, SessionVoter voter] =>
        _weights[(situation * Voters) + (int)voter];

    /// <summary>
    /// The weights under which the clicks were most likely, as a mixture of the voters: found by
    /// expectation maximization, as in deleted interpolation (Jelinek, Mercer 1980). They have no
    /// step size to be chosen, and are too few to overfit.
    /// </summary>
    /// <param name="clicks">What each voter gave the item that was clicked. Few leave the weights
    /// near the default ones.</param>
    internal static SessionBlendWeights Learn(ReadOnlySpan<ForeseenClick> clicks)
    {
        var weights = new double[SessionSituation.Count * Voters];
        Array.Fill(weights, 1.0 / Voters);
        for (var round = 0; round < Rounds; round++)
        {
            var sums = Array.ConvertAll(Default._weights, weight => PriorCases * weight);
            var counts = new double[SessionSituation.Count];
            Array.Fill(counts, PriorCases);
            foreach (ref readonly var click in clicks)
            {
                var start = click.Situation * Voters;
                Share(click.Shares, weights.AsSpan(start, Voters), sums.AsSpan(start, Voters));
                counts[click.Situation]++;
            }
            for (var i = 0; i < sums.Length; i++) weights[i] = sums[i] / counts[i / Voters];
        }
        return new(Array.ConvertAll(weights, weight => (float)weight));
    }

    // Adds to each voter its part in having foreseen the click.
    private static void Share(
        ReadOnlySpan<float> shares, ReadOnlySpan<double> weights, Span<double> sums)
    {
        var total = Unforeseen;
        for (var voter = 0; voter < Voters; voter++) total += weights[voter] * shares[voter];
        for (var voter = 0; voter < Voters; voter++)
            sums[voter] += weights[voter] * shares[voter] / total;
    }
}

/// <summary>What the voters said of an item before it was clicked.</summary>
/// <param name="Situation">The session's situation.</param>
/// <param name="Shares">Each voter's share of its votes for the item, from 0 to 1.</param>
internal readonly record struct ForeseenClick(int Situation, float[] Shares);
