using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// How recorded behaviour becomes questions to a ranker: which part is learnt from, what is known
/// when the question is asked, what would have been right, and what no answer may hold.
/// </summary>
/// <param name="ListLength">Places of an answer (the <i>k</i> of recall@k), at least 1.</param>
public abstract record EvaluationProtocol(int ListLength)
{
    /// <summary>As commands name it: <c>top-n</c>, <c>next-item</c>, <c>leave-one-out</c>.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>The metric that this protocol's tables are sorted by.</summary>
    public abstract string MainMetric { get; }

    /// <summary>
    /// What parameters are chosen by: the mean of whether the right items are in the list and of
    /// how far up they stand, as one of them alone is easily bought with the other.
    /// </summary>
    public abstract double Objective(RankingMetrics metrics);

    /// <summary>Makes questions of two parts that somebody else has split.</summary>
    /// <param name="train">What is learnt from.</param>
    /// <param name="test">What is asked for; its items are in the range of the training part.
    /// </param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public abstract EvaluationSplit Split(Histories train, Histories test);

    /// <summary>Splits one body of behaviour itself.</summary>
    /// <param name="all">Users or sessions; where times are known they decide what is later,
    /// otherwise the order does.</param>
    /// <param name="seed">Of what is drawn.</param>
    public abstract EvaluationSplit Cut(Histories all, int seed);

    /// <summary>The protocol of a name with its usual list length; null for an unknown name.
    /// </summary>
    public static EvaluationProtocol? Named(string name) => name switch
    {
        TopNProtocol.ProtocolName => new TopNProtocol(),
        NextItemProtocol.ProtocolName => new NextItemProtocol(),
        LeaveOneOutProtocol.ProtocolName => new LeaveOneOutProtocol(),
        _ => null,
    };

    /// <summary>Every user's items of the test part, asked by the user's training part, whose items
    /// are left out.</summary>
    private protected EvaluationSplit SplitByUser(Histories train, Histories test)
    {
        if (train.UserCount != test.UserCount)
            throw new ArgumentException(
                $"There are {train.UserCount} users to learn from and {test.UserCount} to ask for.",
                nameof(test));
        var cases = new List<TestCase>();
        for (var user = 0; user < test.UserCount; user++)
            if (!test[user].IsEmpty)
                cases.Add(new(train.MemoryOf(user), TestCase.ItemsOf(test[user]),
                    TestCase.ItemsOf(train[user])));
        return new(this, train, cases);
    }
}
