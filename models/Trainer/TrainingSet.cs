using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>What is learnt from, and the questions to measure by.</summary>
public sealed class TrainingSet
{
    private readonly Func<FoldInParameters, EvaluationSplit> _questions;
    private readonly double? _holdOutShare;

    private TrainingSet(
        TrainingData train, Func<FoldInParameters, EvaluationSplit> questions,
        double? holdOutShare) =>
        (Train, _questions, _holdOutShare) = (train, questions, holdOutShare);

    /// <summary>What is learnt from.</summary>
    public TrainingData Train { get; }

    /// <summary>Data with times, cut at a moment.</summary>
    /// <param name="holdOut">The cut.</param>
    /// <param name="share">The share of the interactions behind it, above 0, below 1; a part for
    /// validation is cut from the rest in the same way.</param>
    public static TrainingSet Of(HoldOut holdOut, double share) =>
        new(holdOut.Train, holdOut.Questions, share);

    /// <summary>A split that others have made, of views only.</summary>
    public static TrainingSet Of(EvaluationSplit split, IReadOnlyList<string> items) =>
        new(TrainingData.Of(split.Train, items), _ => split, null);

    /// <summary>The questions, with the weights that histories have for a model.</summary>
    public EvaluationSplit Questions(FoldInParameters weights) => _questions(weights);

    /// <summary>
    /// Questions to choose parameters by, cut from what is learnt from: nobody who chooses by them
    /// has seen those of <see cref="Questions"/>.
    /// </summary>
    public EvaluationSplit Validation(FoldInParameters weights, int seed) =>
        _holdOutShare is { } share
            ? HoldOut.OfLast(Train, share).Questions(weights)
            : _questions(weights).Validation(seed);
}
