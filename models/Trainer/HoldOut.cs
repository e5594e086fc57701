using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Data cut at a moment: what was done before it is learnt from, and asks for what was done after
/// it. So no model is asked for what it could have learnt already.
/// </summary>
/// <param name="All">What was cut.</param>
/// <param name="Train">What came before.</param>
/// <param name="At">The moment, in seconds since 1970.</param>
public abstract record HoldOut(TrainingData All, TrainingData Train, double At)
{
    /// <summary>Places of an answer that is measured.</summary>
    public const int ListLength = 20;

    /// <summary>What is asked.</summary>
    public abstract EvaluationProtocol Protocol { get; }

    /// <summary>How many questions there are.</summary>
    public abstract int QuestionCount { get; }

    /// <summary>The questions, the same and in the same order whatever the weights.</summary>
    /// <param name="weights">What the entries of their histories weigh for a model.</param>
    public abstract EvaluationSplit Questions(FoldInParameters weights);

    /// <summary>Cuts off the last interactions, at least a share of them.</summary>
    /// <param name="data">With times: of visitors or, for next items, of sessions.</param>
    /// <param name="share">Above 0, below 1.</param>
    /// <param name="protocol">What is asked: all that a visitor did later, or the next item of a
    /// session.</param>
    /// <exception cref="InvalidDataException">Nobody knows when anything was, nothing is left to
    /// learn from, or nothing can be asked.</exception>
    /// <exception cref="ArgumentException">The protocol does not ask by time.</exception>
    public static HoldOut OfLast(TrainingData data, double share, EvaluationProtocol protocol)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        var times = new List<double>();
        for (var user = 0; user < data.UserCount; user++)
            foreach (var interaction in data[user]) times.Add(interaction.Time);
        if (times.Count == 0) throw new InvalidDataException("There are no interactions.");
        times.Sort();
        return From(data, times[(int)((1 - share) * (times.Count - 1))], protocol);
    }

    /// <summary>Cuts at a moment.</summary>
    /// <inheritdoc cref="OfLast"/>
    public static HoldOut From(TrainingData data, double at, EvaluationProtocol protocol)
    {
        if (data.Range() is not { } range)
        {
            throw new InvalidDataException("The interactions have no times, so there is no " +
                "hold-out by time; give a test part.");
        }
        HoldOut holdOut = protocol switch
        {
            TopNProtocol => VisitorHoldOut.Of(data, at),
            NextItemProtocol => SessionHoldOut.Of(data, at),
            _ => throw new ArgumentException(
                $"'{protocol.Name}' does not ask by time.", nameof(protocol)),
        };
        var moment = DateTimeOffset.UnixEpoch.AddSeconds(at);
        if (holdOut.Train.InteractionCount == 0)
        {
            throw new InvalidDataException($"Nothing is left to learn from: the data goes from " +
                $"{range.From:u} to {range.Until:u}, and all of it is asked for from {moment:u} " +
                "on.");
        }
        if (holdOut.QuestionCount == 0)
        {
            throw new InvalidDataException($"There is nothing to ask: since {moment:u} nobody " +
                $"of whom something is known did anything new; the data goes until " +
                $"{range.Until:u}.");
        }
        return holdOut;
    }
}
