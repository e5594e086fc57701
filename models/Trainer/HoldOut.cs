using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Data cut at a moment: what was done before it is learnt from, and asks for what was done after
/// it. So no model is asked for what it could have learnt already.
/// </summary>
/// <param name="Train">What came before.</param>
/// <param name="Test">What came from the moment on, of items that the user did not have before.
/// </param>
/// <param name="At">The moment, in seconds since 1970.</param>
public sealed record HoldOut(TrainingData Train, TrainingData Test, double At)
{
    /// <summary>Places of an answer that is measured.</summary>
    public const int ListLength = 20;

    /// <summary>Users that there is something to ask of, and something to ask with.</summary>
    public int QuestionCount => Enumerable.Range(0, Test.UserCount)
        .Count(user => !Test[user].IsEmpty && !Train[user].IsEmpty);

    /// <summary>Cuts off the last interactions, at least a share of them.</summary>
    /// <param name="data">With times.</param>
    /// <param name="share">Above 0, below 1.</param>
    /// <exception cref="InvalidDataException">Nobody knows when anything was, or there is nothing
    /// on one side of the cut.</exception>
    public static HoldOut OfLast(TrainingData data, double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        var times = new List<double>();
        for (var user = 0; user < data.UserCount; user++)
            foreach (var interaction in data[user]) times.Add(interaction.Time);
        if (times.Count == 0) throw new InvalidDataException("There are no interactions.");
        times.Sort();
        return From(data, times[(int)((1 - share) * (times.Count - 1))]);
    }

    /// <summary>Cuts at a moment.</summary>
    /// <inheritdoc cref="OfLast"/>
    public static HoldOut From(TrainingData data, double at)
    {
        if (data.Range() is null)
        {
            throw new InvalidDataException("The interactions have no times, so there is no " +
                "hold-out by time; give a test part.");
        }
        var train = data.Where(interaction => interaction.Time < at);
        var test = new Interaction[data.UserCount][];
        for (var user = 0; user < test.Length; user++)
        {
            var had = new HashSet<int>();
            foreach (var interaction in train[user]) had.Add(interaction.Item);
            test[user] = [.. data[user][train[user].Length..].ToArray()
                .Where(interaction => !had.Contains(interaction.Item))];
        }
        return new(train, new TrainingData(test, data.Items), at);
    }

    /// <summary>The questions, with the weights that histories have for a model.</summary>
    public EvaluationSplit Questions(FoldInParameters weights)
    {
        var split = new TopNProtocol(ListLength).Split(
            Train.Weigh(weights, At), Test.Weigh(weights, 0));
        // Of a user without a history every model knows the same: nothing.
        return split with { Cases = [.. split.Cases.Where(test => test.History.Length > 0)] };
    }
}
