using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>An answer whose impressions or clicks came back. A bit for each of its places.
/// </summary>
internal record struct AnswerTrace(ulong Key, ulong Shown, ulong Clicked);

/// <summary>A counted click, to be credited with a purchase of its product.</summary>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Product">The product's number in the partition.</param>
/// <param name="ArmSet">The number of the answer's arms in <see cref="ArmSets"/>.</param>
/// <param name="Source">Who proposed the product.</param>
/// <param name="HasConverted">Whether a purchase was credited.</param>
internal record struct ClickTrace(
    long Ticks, int Product, int ArmSet, RecommendationSource Source, bool HasConverted);

/// <summary>What a visitor did in an arm.</summary>
internal record struct ArmTally(uint Arm, int Impressions, int Clicks, int Conversions);

/// <summary>What a visitor's credited purchases in an arm came to, in a currency.</summary>
internal record struct ArmRevenue(uint Arm, string Currency, double Sum);

/// <summary>
/// What must be known of a visitor to count each impression and click once, to credit purchases,
/// and to sum up arms over visitors. Bounded: where there is no place, the oldest goes.
/// </summary>
internal sealed class VisitorTrail
{
    /// <summary>Answers whose impressions and clicks are told apart: more than a visitor looks at
    /// side by side.</summary>
    public const int AnswerLimit = 8;

    /// <summary>Clicks that wait for a purchase.</summary>
    public const int ClickLimit = 16;

    /// <summary>Arms that a visitor was in: a few changes of all that may run at a time.</summary>
    public const int ArmLimit = 2 * AnswerLabel.ArmLimit;

    private AnswerTrace[] _answers = [];
    private ClickTrace[] _clicks = [];
    private ArmTally[] _arms = [];
    private ArmRevenue[] _revenues = [];

    /// <summary>How many things are kept.</summary>
    public int Count => _answers.Length + _clicks.Length + _arms.Length + _revenues.Length;

    public Span<ClickTrace> Clicks => _clicks;

    public Span<ArmTally> Arms => _arms;

    /// <summary>The trace of an answer; a new one at its first event.</summary>
    public ref AnswerTrace AnswerOf(ulong key)
    {
        var at = Array.FindIndex(_answers, answer => answer.Key == key);
        if (at < 0)
        {
            at = MakePlace(ref _answers, AnswerLimit);
            _answers[at] = new(key, 0, 0);
        }
        return ref _answers[at];
    }

    public void Add(ClickTrace click)
    {
        var at = MakePlace(ref _clicks, ClickLimit);
        _clicks[at] = click;
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
        output.WriteCount(_clicks.Length);
        foreach (var click in _clicks)
        {
            output.WriteSigned(click.Ticks);
            output.WriteProduct(click.Product);
            sets.Save(output, click.ArmSet);
            output.WriteCount((int)click.Source);
            output.WriteCount(click.HasConverted ? 1 : 0);
        }
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
        var trail = new VisitorTrail { _answers = new AnswerTrace[input.ReadCount()] };
        foreach (ref var answer in trail._answers.AsSpan())
            answer = new(input.ReadUInt64(), input.ReadNumber(), input.ReadNumber());
        var clicks = new List<ClickTrace>();
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var click = new ClickTrace(input.ReadSigned(), input.ReadProduct(), sets.Load(input),
                (RecommendationSource)input.ReadCount(), input.ReadCount() == 1);
            // A limit of products that was lowered leaves some without a place.
            if (click.Product >= 0) clicks.Add(click);
        }
        trail._clicks = [.. clicks];
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
