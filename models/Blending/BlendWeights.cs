using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Blending;

/// <summary>
/// Learns on validation data how much each ranker of a blend counts, and how its scores are scaled:
/// coordinate search from the best ranker alone, each other one being offered a share, with finer
/// and finer changes for as long as they help.
/// </summary>
internal static class BlendWeights
{
    private static readonly float[] Offers = [0.1f, 0.3f, 1, 3];

    /// <summary>Factors by which a weight is changed, coarse ones first.</summary>
    private static readonly float[] Changes = [2, 0.5f, 1.4f, 0.7f, 1.2f, 0.85f];

    /// <summary>A weight has to be worth this much of the objective, or its ranker is left out:
    /// what does not help on validation data costs time at every answer.</summary>
    private const double WorthWhile = 1e-4;

    /// <param name="rankers">Trained on the split's training part.</param>
    /// <param name="split">Validation data.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="ct">Stops it between two sets of weights.</param>
    public static (float[] Weights, ScoreScale[] Scales, double Objective) Learn(
        IReadOnlyList<IRanker> rankers,
        EvaluationSplit split,
        int threadCount,
        CancellationToken ct)
    {
        var candidates = BlendCandidates.Of(rankers, split, threadCount, ct);
        var best = Enumerable.Range(0, rankers.Count)
            .Select(ranker => Point.Single(rankers.Count, ranker).Measured(candidates))
            .MaxBy(point => point.Objective)!;
        for (var hasMoved = true; hasMoved;)
        {
            var before = best.Objective;
            for (var ranker = 0; ranker < rankers.Count; ranker++)
            {
                ct.ThrowIfCancellationRequested();
                foreach (var next in Neighbours(best, ranker))
                {
                    var measured = next.Measured(candidates);
                    if (measured.Objective > best.Objective) best = measured;
                }
            }
            hasMoved = best.Objective > before * (1 + WorthWhile);
        }
        best = WithoutTheUseless(best, candidates);
        return (best.Weights, best.Scales, best.Objective);
    }

    private static IEnumerable<Point> Neighbours(Point point, int ranker)
    {
        foreach (var scale in Enum.GetValues<ScoreScale>())
        {
            if (point.Weights[ranker] == 0)
            {
                foreach (var offer in Offers)
                    yield return point.With(ranker, offer * point.Weights.Max(), scale);
                continue;
            }
            if (scale != point.Scales[ranker])
                yield return point.With(ranker, point.Weights[ranker], scale);
            foreach (var change in Changes)
                yield return point.With(ranker, point.Weights[ranker] * change, scale);
        }
    }

    private static Point WithoutTheUseless(Point best, BlendCandidates candidates)
    {
        for (var ranker = 0; ranker < best.Weights.Length; ranker++)
        {
            if (best.Weights[ranker] == 0 || best.Weights.Count(weight => weight != 0) == 1)
                continue;
            var without = best.With(ranker, 0, best.Scales[ranker]).Measured(candidates);
            if (without.Objective > best.Objective * (1 - WorthWhile)) best = without;
        }
        return best;
    }

    private sealed record Point(float[] Weights, ScoreScale[] Scales, double Objective)
    {
        public static Point Single(int count, int ranker)
        {
            var weights = new float[count];
            weights[ranker] = 1;
            return new(weights, new ScoreScale[count], 0);
        }

        public Point With(int ranker, float weight, ScoreScale scale)
        {
            var (weights, scales) = ((float[])Weights.Clone(), (ScoreScale[])Scales.Clone());
            (weights[ranker], scales[ranker]) = (weight, scale);
            return new(weights, scales, 0);
        }

        public Point Measured(BlendCandidates candidates) =>
            this with { Objective = candidates.Objective(Weights, Scales) };
    }
}
