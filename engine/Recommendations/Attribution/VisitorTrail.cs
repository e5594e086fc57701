using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>An answer whose impressions or clicks came back. A bit for each of its places.
/// </summary>
internal record struct AnswerTrace(ulong Key, ulong Shown, ulong Clicked);

/// <summary>What a visitor did in an arm.</summary>
internal record struct ArmTally(uint Arm, int Impressions, int Clicks, int Conversions);

/// <summary>What a visitor's credited purchases in an arm came to, in a currency.</summary>
internal record struct ArmRevenue(uint Arm, string Currency, double Sum);

/// <summary>
/// What must be known of a visitor to count each impression and click once, to credit purchases,
/// and to sum up arms over visitors. Bounded: where there is no place, what was of use longest ago
/// goes.
/// </summary>
internal sealed class VisitorTrail
{
    /// <summary>Answers whose impressions and clicks are told apart: those of ten pages with three
    /// lists each, open side by side.</summary>
    public const int AnswerLimit = 32;

    /// <summary>Arms that a visitor was in: a few changes of all that may run at a time.</summary>
    public const int ArmLimit = 2 * AnswerLabel.ArmLimit;

    private AnswerTrace[] _answers = [];
    private ArmTally[] _arms = [];
    private ArmRevenue[] _revenues = [];

    /// <summary>How many things are kept.</summary>
    public int Count => _answers.Length + Purchases.Count + _arms.Length + _revenues.Length;

    /// <summary>What was clicked on and bought.</summary>
    public PurchaseCredits Purchases { get; private init; } = new();

    public Span<ArmTally> Arms => _arms;

    /// <summary>The trace of an answer; a new one at its first event, and after so many other
    /// answers that it had to go.</summary>
    public ref AnswerTrace AnswerOf(ulong key)
    {
        var at = Array.FindIndex(_answers, answer => answer.Key == key);
        if (at < 0)
        {
            at = MakePlace(ref _answers, AnswerLimit);
            _answers[at] = new(key, 0, 0);
        }
        else if (at < _answers.Length - 1)
        {
            // The one used last is at the end, where it goes last.
            var used = _answers[at];
            _answers.AsSpan(at + 1).CopyTo(_answers.AsSpan(at));
            (at, _answers[^1]) = (_answers.Length - 1, used);
        }
        return ref _answers[at];
    }

    /// <summary>The place of an arm's tally, a new one at first; -1 where there are too many.
    /// </summary>
    public int ArmAt(uint arm)
    {
        var at = Array.FindIndex(_arms, tally => tally.Arm == arm);
        if (at >= 0 || _arms.Length == ArmLimit) return at;
        at = MakePlace(ref _arms, ArmLimit);
        _arms[at] = new(arm, 0, 0, 0);
        return at;
    }

    /// <summary>Adds to an arm's revenue.</summary>
    /// <returns>What it was before.</returns>
    public double AddRevenue(uint arm, string currency, double part)
    {
        var at = Array.FindIndex(_revenues, one => one.Arm == arm && one.Currency == currency);
        if (at < 0)
        {
            // Every arm in a few currencies is more than anybody buys in.
            at = MakePlace(ref _revenues, 4 * ArmLimit);
            _revenues[at] = new(arm, currency, 0);
        }
        var before = _revenues[at].Sum;
        _revenues[at].Sum += part;
        return before;
    }

    public void Save(StateWriter output, ArmSets sets)
    {
        output.WriteCount(_answers.Length);
        foreach (var (key, shown, clicked) in _answers)
        {
            output.WriteUInt64(key);
            output.WriteNumber(shown);
            output.WriteNumber(clicked);
        }
        Purchases.Save(output, sets);
        output.WriteCount(_arms.Length);
        foreach (var tally in _arms)
        {
            output.WriteNumber(tally.Arm);
            output.WriteCount(tally.Impressions);
            output.WriteCount(tally.Clicks);
            output.WriteCount(tally.Conversions);
        }
        output.WriteCount(_revenues.Length);
        foreach (var (arm, currency, sum) in _revenues)
        {
            output.WriteNumber(arm);
            output.WriteText(currency);
            output.WriteDouble(sum);
        }
    }

    public static VisitorTrail Load(StateReader input, ArmSets sets)
    {
        var answers = new AnswerTrace[input.ReadCount()];
        foreach (ref var answer in answers.AsSpan())
            answer = new(input.ReadUInt64(), input.ReadNumber(), input.ReadNumber());
        var trail = new VisitorTrail
        {
            _answers = answers,
            Purchases = PurchaseCredits.Load(input, sets),
        };
        trail._arms = new ArmTally[input.ReadCount()];
        foreach (ref var tally in trail._arms.AsSpan())
        {
            tally = new((uint)input.ReadNumber(), input.ReadCount(), input.ReadCount(),
                input.ReadCount());
        }
        trail._revenues = new ArmRevenue[input.ReadCount()];
        foreach (ref var revenue in trail._revenues.AsSpan())
            revenue = new((uint)input.ReadNumber(), input.ReadText(), input.ReadDouble());
        return trail;
    }

    // Exactly as long as it is full: a million of these wait for a next click.
    private static int MakePlace<T>(ref T[] all, int limit)
    {
        if (all.Length < limit) Array.Resize(ref all, all.Length + 1);
        else all.AsSpan(1).CopyTo(all);
        return all.Length - 1;
    }
}
