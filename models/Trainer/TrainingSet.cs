using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>What is learnt from, and the questions to measure by.</summary>
public sealed class TrainingSet
{
    /// <summary>Questions that are asked at most where nothing else is said: with so many a hit
    /// rate's standard error is below 0.4 percentage points, and rankers share them.</summary>
    public const int UsualQuestionLimit = 20_000;

    private readonly Func<FoldInParameters, EvaluationSplit> _questions;

    private TrainingSet(
        TrainingData train, EvaluationProtocol protocol,
        Func<FoldInParameters, EvaluationSplit> questions, int questionCount, int questionLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(questionLimit, 1);
        (Train, Protocol, _questions) = (train, protocol, questions);
        (QuestionCount, QuestionLimit) = (questionCount, questionLimit);
    }

    /// <summary>What is learnt from.</summary>
    public TrainingData Train { get; }

    /// <summary>The same with what is asked for; null for a split that others have made.</summary>
    public TrainingData? All { get; private init; }

    /// <summary>What is asked.</summary>
    public EvaluationProtocol Protocol { get; }

    /// <summary>Questions that there are.</summary>
    public int QuestionCount { get; }

    /// <summary>Questions that are asked at most, evenly spread over all: the same ones for every
    /// ranker.</summary>
    public int QuestionLimit { get; }

    private double? HoldOutShare { get; init; }

    /// <summary>Data with times, cut at a moment.</summary>
    /// <param name="holdOut">The cut.</param>
    /// <param name="share">The share of the interactions behind it, above 0, below 1; a part for
    /// validation is cut from the rest in the same way.</param>
    /// <param name="questionLimit">Questions that are asked at most, at least 1.</param>
    public static TrainingSet Of(
        HoldOut holdOut, double share, int questionLimit = UsualQuestionLimit) =>
        new(holdOut.Train, holdOut.Protocol, holdOut.Questions, holdOut.QuestionCount,
            questionLimit)
        {
            All = holdOut.All,
            HoldOutShare = share,
        };

    /// <summary>A split that others have made, of views only.</summary>
    /// <param name="split">The split.</param>
    /// <param name="items">The items' ids, by number.</param>
    /// <param name="questionLimit">Questions that are asked at most, at least 1.</param>
    /// <exception cref="InvalidDataException">It asks nothing.</exception>
    public static TrainingSet Of(EvaluationSplit split, IReadOnlyList<string> items,
        int questionLimit = UsualQuestionLimit) => split.Cases.Count > 0
        ? new(TrainingData.Of(split.Train, items), split.Protocol, _ => split,
            split.Cases.Count, questionLimit)
        : throw new InvalidDataException("There is nothing to ask: the test part is empty.");

    /// <summary>The questions, with the weights that histories have for a model.</summary>
    public EvaluationSplit Questions(FoldInParameters weights) =>
        _questions(weights).Sample(QuestionLimit);

    /// <summary>
    /// Questions to choose parameters by, cut from what is learnt from: nobody who chooses by them
    /// has seen those of <see cref="Questions"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">What is learnt from is too little to cut.</exception>
    public EvaluationSplit Validation(FoldInParameters weights, int seed)
    {
        if (HoldOutShare is { } share)
            return HoldOut.OfLast(Train, share, Protocol).Questions(weights);
        var validation = _questions(weights).Validation(seed);
        return validation.Cases.Count > 0 ? validation : throw new InvalidDataException(
            "The training part is too little to choose parameters by: no question can be cut " +
            "from it.");
    }
}
