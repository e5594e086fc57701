using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>Visitors' lives, cut at a moment: each is asked for all that came later.</summary>
/// <param name="All">What was cut.</param>
/// <param name="Train">What came before, visitor by visitor.</param>
/// <param name="Test">What came from the moment on, of items that the visitor did not have before.
/// </param>
/// <param name="At">The moment, in seconds since 1970.</param>
public sealed record VisitorHoldOut(
    TrainingData All, TrainingData Train, TrainingData Test, double At)
    : HoldOut(All, Train, At)
{
    public override EvaluationProtocol Protocol { get; } = new TopNProtocol(ListLength);

    /// <summary>Visitors that there is something to ask of, and something to ask with: of one
    /// without a history every model knows the same, nothing.</summary>
    public override int QuestionCount => Enumerable.Range(0, Test.UserCount).Count(IsAsked);

    internal static VisitorHoldOut Of(TrainingData data, double at)
    {
        var train = data.Where(interaction => interaction.Time < at);
        var test = new Interaction[data.UserCount][];
        for (var user = 0; user < test.Length; user++)
        {
            var had = new HashSet<int>();
            foreach (var interaction in train[user]) had.Add(interaction.Item);
            test[user] = [.. data[user][train[user].Length..].ToArray()
                .Where(interaction => !had.Contains(interaction.Item))];
        }
        return new(data, train, new TrainingData(test, data.Items), at);
    }

    public override EvaluationSplit Questions(FoldInParameters weights)
    {
        var histories = Train.Weigh(weights, At);
        return new(Protocol, histories, [.. Enumerable.Range(0, Test.UserCount).Where(IsAsked)
            .Select(user => new TestCase(
                histories.MemoryOf(user), ItemsOf(Test[user]), ItemsOf(Train[user])))]);
    }

    private bool IsAsked(int user) => !Test[user].IsEmpty && !Train[user].IsEmpty;

    // Of the interactions, not of what they weigh: so old that it weighs nothing, an item was still
    // had, and every model must be asked the same.
    private static int[] ItemsOf(ReadOnlySpan<Interaction> interactions)
    {
        var items = new SortedSet<int>();
        foreach (var interaction in interactions) items.Add(interaction.Item);
        return [.. items];
    }
}
