using System.Collections.Frozen;
using System.Net;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// A valid rule set, made ready to judge. Immutable: any number of threads may use it.
/// </summary>
/// <remarks>
/// <para>The decision is found in the order allow, challenge, review, block:</para>
/// <list type="number">
/// <item>Allow: who is on the allow list is allowed, and nothing after this is asked. Score and
/// reasons are recorded all the same.</item>
/// <item>Challenge, where the score reaches its threshold or a rule that fired decides so.</item>
/// <item>Review, where the score reaches its threshold, or a rule or the review list say so.
/// </item>
/// <item>Block, likewise.</item>
/// </list>
/// <para>Of 2 to 4 the last that applies stands, so the sternest wins; where none does, the
/// attempt is allowed.</para>
/// </remarks>
public sealed class FraudPolicy
{
    private readonly record struct Condition(
        int Signal, double Above, double AtLeast, double Below, double AtMost);

    private sealed record CompiledRule(
        FraudReason Reason, FraudDecision Decision, Condition[] When);

    private readonly CompiledRule[] _rules;
    private readonly FraudListMatch _allow;
    private readonly FraudListMatch _review;
    private readonly FraudListMatch _block;
    private readonly FrozenDictionary<Currency, double> _rates;

    private FraudPolicy(FraudRuleSet set)
    {
        Set = set;
        _rules = [.. set.Rules.Select(Compile)];
        _allow = new("ALLOW", set.Lists.Allow);
        _review = new("REVIEW", set.Lists.Review);
        _block = new("BLOCK", set.Lists.Block);
        _rates = set.Rates.ToFrozenDictionary(rate => Currency.Of(rate.Key), rate => rate.Value);
        Signals = [.. _rules.SelectMany(rule => rule.When)
            .Select(condition => condition.Signal).Distinct().Order()];
    }

    /// <summary>The rules as they were written.</summary>
    public FraudRuleSet Set { get; }

    /// <summary>The signals that a rule asks for.</summary>
    internal int[] Signals { get; }

    /// <summary>The policy of a rule set.</summary>
    /// <exception cref="InvalidDataException">It is not valid; the message names the path.
    /// </exception>
    public static FraudPolicy Of(FraudRuleSet set)
    {
        var faults = FraudRuleCheck.Check(set);
        return faults.Count == 0 ? new(set)
            : throw new InvalidDataException(string.Join(" ", faults));
    }

    /// <summary>An amount in the rules' currency; not a number where there is no rate for it.
    /// </summary>
    internal double Convert(Money amount) => amount.Currency == Set.Currency
        ? (double)amount.Amount
        : _rates.TryGetValue(amount.Currency, out var rate)
            ? (double)amount.Amount * rate : double.NaN;

    /// <summary>Judges by the signals; what is not a number is not known.</summary>
    internal ShadowScreening Judge(
        ScreeningRequest request, in EntityKeys keys, ReadOnlySpan<double> signals)
    {
        var ip = _allow.HasNetworks || _review.HasNetworks || _block.HasNetworks
            ? ToAddress(request.Ip) : null;
        List<FraudReason>? reasons = null;
        var (points, sternest) = (0, FraudDecision.Allow);
        foreach (var rule in _rules)
        {
            if (!Holds(rule.When, signals)) continue;
            points += rule.Reason.Points;
            if (rule.Decision > sternest) sternest = rule.Decision;
            (reasons ??= []).Add(rule.Reason);
        }
        var score = Math.Clamp(points, 0, 100);
        var thresholds = Set.Thresholds;

        // All three are looked through, so that the reasons are complete.
        var isAllowed = _allow.Match(request, keys, ip, ref reasons);
        var isForReview = _review.Match(request, keys, ip, ref reasons);
        var isBlocked = _block.Match(request, keys, ip, ref reasons);
        var decision = FraudDecision.Allow;
        if (score >= thresholds.Challenge) decision = FraudDecision.Challenge;
        if (score >= thresholds.Review || isForReview) decision = FraudDecision.Review;
        if (score >= thresholds.Block || isBlocked) decision = FraudDecision.Block;
        if (sternest > decision) decision = sternest;
        return new(score, isAllowed ? FraudDecision.Allow : decision,
            reasons is null ? [] : reasons, Set.Version);
    }

    private static bool Holds(Condition[] conditions, ReadOnlySpan<double> signals)
    {
        foreach (ref readonly var condition in conditions.AsSpan())
        {
            var value = signals[condition.Signal];
            // Written so that what is not a number makes it false.
            if (!(value > condition.Above && value >= condition.AtLeast
                && value < condition.Below && value <= condition.AtMost))
            {
                return false;
            }
        }
        return true;
    }

    private static CompiledRule Compile(FraudRule rule) => new(
        new(rule.Reason, rule.Points),
        rule.Decision ?? FraudDecision.Allow,
        [.. rule.When.Select(Compile)]);

    private static Condition Compile(FraudCondition condition)
    {
        FraudSignals.TryFind(condition.Signal, out var signal);
        return new(signal.Index,
            condition.Above ?? double.NegativeInfinity,
            condition.AtLeast ?? double.NegativeInfinity,
            condition.Below ?? double.PositiveInfinity,
            condition.AtMost ?? double.PositiveInfinity);
    }

    private static IPAddress? ToAddress(string? text)
    {
        if (!IPAddress.TryParse(text, out var address)) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
