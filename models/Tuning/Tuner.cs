using StreamCommerce.Models.Evaluation;

namespace StreamCommerce.Models.Tuning;

/// <summary>
/// Chooses a family's parameters on validation data by coordinate search: from the defaults, one
/// parameter after another is moved to the next value up or down for as long as that helps. When
/// no single move helps any more, two parameters at once are set to drawn values and the search
/// goes on from there (iterated local search), until trials or time run out. Half of both at most
/// is spent before parameters are moved that make trials long: what is best for a small model is
/// nearly so for a large one, and is found in a fraction of the time.
/// </summary>
/// <param name="options">Seed and budget.</param>
/// <param name="time">Measures the time that is spent.</param>
public sealed class Tuner(TuningOptions options, TimeProvider time)
{
    /// <summary>Draws in a row that lead nowhere before the search ends early.</summary>
    private const int FruitlessDrawLimit = 8;

    /// <summary>Tries parameters of a family.</summary>
    /// <param name="family">Whose parameters.</param>
    /// <param name="validation">Data that was cut from a training part.</param>
    /// <param name="report">Told of every trial; null where nobody listens.</param>
    /// <param name="cancellationToken">Stops it; nothing is chosen then.</param>
    /// <returns>All trials, the best first; of equal ones the earlier.</returns>
    public IReadOnlyList<Trial> Tune(
        RankerFamily family,
        EvaluationSplit validation,
        IProgress<Trial>? report = null,
        CancellationToken cancellationToken = default)
    {
        var start = time.GetTimestamp();
        var random = new Random(options.Seed);
        var search = new Search(this, family, validation.Sample(options.CaseLimit), report);
        search.TryFirst(cancellationToken);
        if (family.Parameters.Any(range => range.IsCostly))
            Spend(0.5, (trialLimit, ct) => search.ClimbQuickly(trialLimit, random, ct));
        Spend(1, (trialLimit, ct) => search.Run(trialLimit, random, ct));
        return [.. search.Trials.OrderByDescending(trial => trial.Objective)];

        void Spend(double share, Action<int, CancellationToken> searchOn)
        {
            var left = (share * options.TimeLimit) - time.GetElapsedTime(start);
            using var limit = new CancellationTokenSource(
                left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                limit.Token, cancellationToken);
            try
            {
                searchOn((int)(share * options.TrialLimit), either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The time is over; what was tried until now is what there is.
            }
        }
    }

    /// <summary>One family's search: where it stands, and what it has tried.</summary>
    private sealed class Search(
        Tuner tuner, RankerFamily family, EvaluationSplit validation, IProgress<Trial>? report)
    {
        private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
        private readonly ParameterRange[] _ranges =
            [.. family.Parameters.Where(range => range.Values.Count > 1)];

        private int _trialLimit;

        public List<Trial> Trials { get; } = [];

        private bool IsOver => Trials.Count >= _trialLimit;

        private Trial Best => Trials.MaxBy(trial => trial.Objective)!;

        public void TryFirst(CancellationToken ct) => Try(new(family.Parameters), ct);

        /// <summary>Climbs by the parameters that leave trials quick.</summary>
        public void ClimbQuickly(int trialLimit, Random random, CancellationToken ct)
        {
            _trialLimit = trialLimit;
            Climb(Best, [.. _ranges.Where(range => !range.IsCostly)], random, ct);
        }

        public void Run(int trialLimit, Random random, CancellationToken ct)
        {
            _trialLimit = trialLimit;
            var best = Climb(Best, [.. _ranges.Where(range => range.IsCostly)], random, ct);
            best = Climb(best, _ranges, random, ct);
            for (var fruitless = 0; !IsOver && fruitless < FruitlessDrawLimit; fruitless++)
            {
                if (Draw(best.Parameters, random) is not { } drawn) continue;
                var reached = Climb(Try(drawn, ct), _ranges, random, ct);
                if (reached.Objective > best.Objective) (best, fruitless) = (reached, -1);
            }
        }

        /// <summary>Moves one parameter at a time until no move helps.</summary>
        private Trial Climb(
            Trial from, ParameterRange[] ranges, Random random, CancellationToken ct)
        {
            // A drawn start that is far behind is not worth the trials around it.
            if (from.Objective < 0.95 * Best.Objective) return from;
            for (var hasMoved = true; hasMoved && !IsOver;)
            {
                hasMoved = false;
                var order = ranges.ToArray();
                random.Shuffle(order);
                foreach (var range in order)
                {
                    foreach (var step in (ReadOnlySpan<int>)[1, -1])
                    {
                        var reached = Follow(from, range, step, ct);
                        if (reached == from) continue;
                        (from, hasMoved) = (reached, true);
                        break;
                    }
                }
            }
            return from;
        }

        /// <summary>Moves one parameter in one direction for as long as that helps.</summary>
        private Trial Follow(Trial from, ParameterRange range, int step, CancellationToken ct)
        {
            while (!IsOver)
            {
                var at = IndexOf(range, from.Parameters[range.Name]) + step;
                if (at < 0 || at >= range.Values.Count) break;
                var parameters = from.Parameters.With(range.Name, range.Values[at]);
                if (_tried.Contains(parameters.ToString())) break;
                var trial = Try(parameters, ct);
                if (trial.Objective <= from.Objective) break;
                from = trial;
            }
            return from;
        }

        private ParameterSet? Draw(ParameterSet from, Random random)
        {
            if (_ranges.Length == 0) return null;
            for (var i = 0; i < 2; i++)
            {
                var range = _ranges[random.Next(_ranges.Length)];
                from = from.With(range.Name, range.Values[random.Next(range.Values.Count)]);
            }
            return _tried.Contains(from.ToString()) ? null : from;
        }

        private Trial Try(ParameterSet parameters, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            _tried.Add(parameters.ToString());
            var start = tuner.Time.GetTimestamp();
            var context = new TrainingContext(tuner.Options.Seed, tuner.Options.ThreadCount);
            var ranker = family.Train(validation.Train, parameters, context, ct);
            var metrics = Evaluator.Evaluate(ranker, validation, context.ThreadCount, ct);
            (ranker as IDisposable)?.Dispose();
            var trial = new Trial(family.Name, parameters,
                validation.Protocol.Objective(metrics), metrics, tuner.Time.GetElapsedTime(start));
            Trials.Add(trial);
            report?.Report(trial);
            return trial;
        }

        private static int IndexOf(ParameterRange range, double value)
        {
            for (var i = 0; i < range.Values.Count; i++)
                if (range.Values[i] == value) return i;
            return range.Values.Count;
        }
    }

    private TuningOptions Options => options;

    private TimeProvider Time => time;
}
