using System.Numerics.Tensors;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Blending;

/// <summary>
/// What every ranker says to every validation question, kept for the items that any of them places
/// among its best: all that a blend could answer with, so that a set of weights is tried in
/// milliseconds instead of asking all rankers again.
/// </summary>
internal sealed class BlendCandidates
{
    /// <summary>Best items kept of each ranker: ten times an answer's places. What all of them
    /// place further down does not come up in their sum.</summary>
    private const int Depth = 200;

    private static readonly ScoreScale[] Scales = Enum.GetValues<ScoreScale>();

    private readonly EvaluationSplit _split;
    private readonly Question[] _questions;
    private readonly int _rankerCount;
    private readonly int _threadCount;

    private BlendCandidates(
        EvaluationSplit split, Question[] questions, int rankerCount, int threadCount) =>
        (_split, _questions, _rankerCount, _threadCount) =
            (split, questions, rankerCount, threadCount);

    /// <param name="rankers">Trained on the split's training part.</param>
    /// <param name="split">Validation data.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="ct">Stops it between two questions.</param>
    public static BlendCandidates Of(
        IReadOnlyList<IRanker> rankers,
        EvaluationSplit split,
        int threadCount,
        CancellationToken ct)
    {
        var questions = new Question[split.Cases.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = threadCount,
            CancellationToken = ct,
        };
        Parallel.For(0, questions.Length, options,
            () => rankers.Select(_ => new float[split.Train.ItemCount]).ToArray(),
            (i, _, scores) =>
            {
                questions[i] = Ask(rankers, split.Cases[i], scores);
                return scores;
            },
            _ => { });
        return new(split, questions, rankers.Count, threadCount);
    }

    /// <summary>The objective of a blend on the questions.</summary>
    /// <param name="weights">A ranker's weight, by its place.</param>
    /// <param name="scales">How its scores are scaled.</param>
    public double Objective(ReadOnlyMemory<float> weights, ReadOnlyMemory<ScoreScale> scales)
    {
        var listLength = _split.Protocol.ListLength;
        var results = new CaseScore[_questions.Length];
        Parallel.For(0, results.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _threadCount },
            () => new RankedItem[listLength],
            (i, _, top) =>
            {
                var count = Rank(_questions[i], weights.Span, scales.Span, top);
                results[i] = CaseScore.Of(
                    top.AsSpan(0, count), _split.Cases[i].Targets.Span, listLength);
                return top;
            },
            _ => { });
        return _split.Protocol.Objective(Evaluator.Mean(results, listLength));
    }

    private int Rank(
        Question question, ReadOnlySpan<float> weights, ReadOnlySpan<ScoreScale> scales,
        Span<RankedItem> top)
    {
        var count = 0;
        for (var i = 0; i < question.Items.Length; i++)
        {
            var score = 0f;
            for (var ranker = 0; ranker < _rankerCount; ranker++)
                score += weights[ranker] * question.ScoreOf(ranker, scales[ranker], i);
            count = TopItems.Insert(top, count, new(question.Items[i], score));
        }
        return count;
    }

    private static Question Ask(IReadOnlyList<IRanker> rankers, TestCase asked, float[][] scores)
    {
        var items = new SortedSet<int>();
        for (var ranker = 0; ranker < rankers.Count; ranker++)
        {
            rankers[ranker].Score(asked.History.Span, scores[ranker]);
            AddBest(scores[ranker], asked.LeftOut.Span, items);
        }
        int[] chosen = [.. items];
        var kept = new float[rankers.Count * Scales.Length][];
        for (var ranker = 0; ranker < rankers.Count; ranker++)
        {
            foreach (var scale in Scales)
            {
                var scaled = scores[ranker].AsSpan();
                // Applied one upon the other: none depends on a shift or a factor before it, and
                // the root, which does not undo, comes last.
                ScoreScales.Apply(scale, scaled);
                kept[ranker * Scales.Length + (int)scale] =
                    [.. chosen.Select(item => scores[ranker][item])];
            }
        }
        return new(chosen, kept);
    }

    /// <summary>Adds the best that may be answered; not what a ranker knows nothing of.</summary>
    private static void AddBest(float[] scores, ReadOnlySpan<int> leftOut, SortedSet<int> items)
    {
        var lowest = TensorPrimitives.Min<float>(scores);
        var masked = scores.AsSpan().ToArray();
        foreach (var item in leftOut) masked[item] = float.NegativeInfinity;
        var top = new RankedItem[Depth];
        var count = TopItems.Select(masked, top);
        for (var i = 0; i < count && top[i].Score > lowest; i++) items.Add(top[i].Item);
    }

    private sealed record Question(int[] Items, float[][] Scores)
    {
        public float ScoreOf(int ranker, ScoreScale scale, int at) =>
            Scores[ranker * Scales.Length + (int)scale][at];
    }
}
