using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// Asks a ranker a split's questions and measures its answers. Questions are spread over threads;
/// their results are added up in the order of the questions, so that the figures do not depend on
/// the number of threads. Items of the lowest score are those that a ranker knows nothing of: they
/// fill no place, since their order would be the order of their numbers.
/// </summary>
public static class Evaluator
{
    /// <summary>Share of the catalogue that is called its head.</summary>
    private const double HeadOfCatalogue = 0.1;

    /// <summary>Measures a ranker.</summary>
    /// <param name="ranker">Trained on the split's training part.</param>
    /// <param name="split">The questions.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="cancellationToken">Stops it between two questions.</param>
    /// <exception cref="ArgumentException">The ranker does not score the split's items.</exception>
    public static RankingMetrics Evaluate(
        IRanker ranker,
        EvaluationSplit split,
        int threadCount = 1,
        CancellationToken cancellationToken = default) =>
        Evaluate(ranker, split, new TrainingContext(ThreadCount: threadCount), cancellationToken);

    /// <summary>Measures a ranker, and tells how much is done.</summary>
    /// <param name="ranker">Trained on the split's training part.</param>
    /// <param name="split">The questions.</param>
    /// <param name="context">Threads at most, and who is told.</param>
    /// <param name="cancellationToken">Stops it between two questions.</param>
    /// <exception cref="ArgumentException">The ranker does not score the split's items.</exception>
    public static RankingMetrics Evaluate(
        IRanker ranker,
        EvaluationSplit split,
        TrainingContext context,
        CancellationToken cancellationToken)
    {
        if (ranker.ItemCount != split.Train.ItemCount)
            throw new ArgumentException(
                $"It ranks {ranker.ItemCount} items of {split.Train.ItemCount}.", nameof(ranker));
        var listLength = split.Protocol.ListLength;
        var scores = new CaseScore[split.Cases.Count];
        var places = new int[ranker.ItemCount];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = context.ThreadCount,
            CancellationToken = cancellationToken,
        };
        var progress = new StepProgress(context.Progress, scores.Length);
        Parallel.For(0, scores.Length, options, () => new Answer(ranker.ItemCount, listLength),
            (i, _, answer) =>
            {
                var items = answer.To(split.Cases[i], ranker);
                scores[i] = CaseScore.Of(items, split.Cases[i].Targets.Span, listLength);
                foreach (var (item, _) in items) Interlocked.Increment(ref places[item]);
                progress.Add();
                return answer;
            },
            _ => { });
        return Mean(scores, listLength) with
        {
            Coverage = places.Length == 0 ? 0 : (double)places.Count(n => n > 0) / places.Length,
            Gini = GiniOf(places),
            HeadShare = HeadShareOf(places, split.Train),
        };
    }

    internal static RankingMetrics Mean(CaseScore[] scores, int listLength)
    {
        var (recall, ndcg, hits, mrr, map) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var score in scores)
        {
            recall += score.Recall;
            ndcg += score.Ndcg;
            hits += score.HitRate;
            mrr += score.Mrr;
            map += score.Map;
        }
        var count = Math.Max(1, scores.Length);
        return new(scores.Length, listLength, recall / count, ndcg / count, hits / count,
            mrr / count, map / count, 0, 0, 0);
    }

    /// <summary>Half the mean difference of two items' places, relative to the mean.</summary>
    private static double GiniOf(int[] places)
    {
        var sorted = places.Order().ToArray();
        var (sum, weighted) = (0.0, 0.0);
        for (var i = 0; i < sorted.Length; i++)
        {
            sum += sorted[i];
            weighted += (2.0 * i - sorted.Length + 1) * sorted[i];
        }
        return sum == 0 ? 0 : weighted / (sorted.Length * sum);
    }

    private static double HeadShareOf(int[] places, Histories train)
    {
        var frequency = new int[places.Length];
        foreach (var entry in train.Entries) frequency[entry.Item]++;
        var head = Enumerable.Range(0, places.Length).OrderByDescending(item => frequency[item])
            .Take((int)Math.Ceiling(HeadOfCatalogue * places.Length));
        var all = places.Sum(n => (long)n);
        return all == 0 ? 0 : (double)head.Sum(item => (long)places[item]) / all;
    }

    /// <summary>A thread's buffers.</summary>
    private sealed class Answer(int itemCount, int listLength)
    {
        private readonly float[] _scores = new float[itemCount];
        private readonly RankedItem[] _top = new RankedItem[listLength];

        public ReadOnlySpan<RankedItem> To(TestCase question, IRanker ranker)
        {
            ranker.Score(question.History.Span, _scores);
            var lowest = TensorPrimitives.Min<float>(_scores);
            foreach (var item in question.LeftOut.Span) _scores[item] = float.NegativeInfinity;
            var top = _top.AsSpan(0, TopItems.Select(_scores, _top));
            while (top is [.., var last] && last.Score <= lowest) top = top[..^1];
            return top;
        }
    }
}
