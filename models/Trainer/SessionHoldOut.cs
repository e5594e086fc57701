using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Sessions cut at a moment: every later click is asked for by those before it in its session. A
/// session that was under way is learnt from as far as it had come.
/// </summary>
/// <param name="All">What was cut, in the order in which the sessions ended.</param>
/// <param name="Train">What came before, in the order in which that ended.</param>
/// <param name="Test">The sessions, whole, that went on or began then.</param>
/// <param name="At">The moment, in seconds since 1970.</param>
public sealed record SessionHoldOut(
    TrainingData All, TrainingData Train, TrainingData Test, double At)
    : HoldOut(All, Train, At)
{
    /// <summary>The product on the screen is no answer, as a storefront shows it anyway; the next
    /// click is always another.</summary>
    public override EvaluationProtocol Protocol { get; } =
        new NextItemProtocol(ListLength, LeaveOutOnScreen: true);

    public override int QuestionCount => Enumerable.Range(0, Test.UserCount).Sum(CountOf);

    internal static SessionHoldOut Of(TrainingData data, double at)
    {
        var before = data.Where(click => click.Time < at);
        var train = SessionClicks.ByEnd(Enumerable.Range(0, before.UserCount)
            .Select(session => before[session].ToArray()));
        var test = Enumerable.Range(0, data.UserCount)
            .Where(session => data[session] is [.., var last] && last.Time >= at)
            .Select(session => data[session].ToArray());
        return new(data, new([.. train], data.Items), new([.. test], data.Items), at);
    }

    public override EvaluationSplit Questions(FoldInParameters weights)
    {
        var histories = Test.Weigh(weights, at: 0);
        var cases = new List<TestCase>();
        for (var session = 0; session < Test.UserCount; session++)
        {
            var clicks = Test[session];
            var known = 0;
            for (var i = 0; i < clicks.Length; i++)
            {
                if (IsAsked(clicks, i))
                {
                    cases.Add(new(histories.MemoryOf(session)[..known], new[] { clicks[i].Item },
                        new[] { clicks[i - 1].Item }));
                }
                // A kind that weighs nothing is in no history, but may be asked for.
                if (InteractionWeights.Of(clicks[i].Kind, TimeSpan.Zero, weights) > 0) known++;
            }
        }
        return new(Protocol, Train.Weigh(weights, At), cases);
    }

    private bool IsAsked(ReadOnlySpan<Interaction> clicks, int place) =>
        place > 0 && clicks[place].Time >= At;

    private int CountOf(int session)
    {
        var count = 0;
        for (var i = 0; i < Test[session].Length; i++) if (IsAsked(Test[session], i)) count++;
        return count;
    }
}
