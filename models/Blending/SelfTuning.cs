using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Blending;

/// <summary>
/// Finds, for data that nobody has seen before, which rankers to use, with which parameters and in
/// which blend: validation data is cut from the training part, every family is tuned on it, and the
/// best of each are blended. The same seed selects the same, unless a time limit ends a search.
/// </summary>
/// <param name="families">What may be chosen from.</param>
/// <param name="options">Seed and budget; the time limit is one family's.</param>
/// <param name="time">Measures the time that is spent.</param>
public sealed class SelfTuning(
    IReadOnlyList<RankerFamily> families, TuningOptions options, TimeProvider time)
{
    /// <summary>Selects on validation data that is cut from a training part.</summary>
    /// <param name="protocol">What the rankers are meant for.</param>
    /// <param name="train">All that may be learnt from.</param>
    /// <param name="report">Told of every trial; null where nobody listens.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">Nothing is left to ask for.</exception>
    public BlendSelection Select(
        EvaluationProtocol protocol,
        Histories train,
        IProgress<Trial>? report = null,
        CancellationToken ct = default)
    {
        var validation = protocol.Cut(train, options.Seed).Sample(options.CaseLimit);
        if (validation.Cases.Count == 0)
            throw new ArgumentException("It is too little to ask questions from.", nameof(train));
        var tuner = new Tuner(options, time);
        var trialCount = 0;
        var best = new List<Trial>();
        foreach (var family in families)
        {
            var trials = tuner.Tune(family, validation, report, ct);
            trialCount += trials.Count;
            best.Add(trials[0]);
        }

        var context = new TrainingContext(options.Seed, options.ThreadCount);
        var rankers = new List<IRanker>();
        for (var i = 0; i < best.Count; i++)
            rankers.Add(families[i].Train(validation.Train, best[i].Parameters, context, ct));
        var (weights, scales, objective) =
            BlendWeights.Learn(rankers, validation, options.ThreadCount, ct);
        foreach (var ranker in rankers) (ranker as IDisposable)?.Dispose();
        return new(
            [.. best.Select((trial, i) => new SelectedRanker(
                    trial.Family, trial.Parameters.Values, weights[i], scales[i]))
                .Where(selected => selected.Weight != 0)],
            objective, trialCount);
    }
}
