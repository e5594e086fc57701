using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Tuning;

/// <summary>How a ranker is trained, beside its parameters.</summary>
/// <param name="Seed">Of all that is drawn: the same seed gives the same ranker, to the bit, with
/// any number of threads.</param>
/// <param name="ThreadCount">Threads at most.</param>
/// <param name="Progress">Told how much is done, from 0 to 1; null where nobody listens.</param>
public sealed record TrainingContext(
    int Seed = 1, int ThreadCount = 1, IProgress<double>? Progress = null)
{
    /// <summary>The same for a part of the work, whose progress is a part of the whole.</summary>
    /// <param name="from">Where it begins, from 0 to 1.</param>
    /// <param name="until">Where it ends, from 0 to 1.</param>
    public TrainingContext Part(double from, double until) => Progress is null
        ? this : this with { Progress = new PartProgress(Progress, from, until) };
}

/// <summary>A kind of ranker: its parameters, and how one is trained with them.</summary>
/// <param name="Name">Lower case with hyphens, as commands and manifests name it.</param>
/// <param name="Parameters">What may be chosen on validation data.</param>
/// <param name="Train">Trains one. Throws <see cref="OperationCanceledException"/> when it is told
/// to stop, <see cref="ArgumentException"/> for parameters outside their limits.</param>
public sealed record RankerFamily(
    string Name,
    IReadOnlyList<ParameterRange> Parameters,
    Func<Histories, ParameterSet, TrainingContext, CancellationToken, IRanker> Train)
{
    /// <summary>Whether a model file can hold what it learns.</summary>
    public bool IsPublishable { get; init; } = true;
}
