using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>What a ranker may learn from, and what it is then asked.</summary>
/// <param name="Protocol">How the questions came about, and how long an answer is.</param>
/// <param name="Train">The training part. Its item range covers the questions' items.</param>
/// <param name="Cases">The questions.</param>
public sealed record EvaluationSplit(
    EvaluationProtocol Protocol, Histories Train, IReadOnlyList<TestCase> Cases)
{
    /// <summary>
    /// Cuts validation data from the training part by the same protocol. Whoever chooses
    /// parameters by it has not seen this split's questions.
    /// </summary>
    /// <param name="seed">Of what is drawn.</param>
    public EvaluationSplit Validation(int seed = 1) => Protocol.Cut(Train, seed);

    /// <summary>
    /// The same with at most so many questions, evenly spread; for a choice that need not be exact.
    /// </summary>
    public EvaluationSplit Sample(int caseLimit)
    {
        if (Cases.Count <= caseLimit) return this;
        var sample = new TestCase[caseLimit];
        for (var i = 0; i < caseLimit; i++)
            sample[i] = Cases[(int)((long)i * Cases.Count / caseLimit)];
        return this with { Cases = sample };
    }
}
