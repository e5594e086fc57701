using System.Net;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud;

/// <summary>What is wrong with a rule set.</summary>
/// <param name="Path">A JSON Pointer, as <c>/rules/3/when/0/signal</c>; empty for all of it.
/// </param>
/// <param name="Detail">What is wrong and what would be right.</param>
public sealed record FraudRuleFault(string Path, string Detail)
{
    public override string ToString() => Path.Length == 0 ? Detail : $"{Path}: {Detail}";
}

/// <summary>The rules that a rule set must keep, with every limit and its reason. Pure.</summary>
public static class FraudRuleCheck
{
    /// <summary>Rules of a set: all of them are tried on every checkout.</summary>
    public const int RuleLimit = 200;

    /// <summary>Conditions of a rule.</summary>
    public const int ConditionLimit = 8;

    /// <summary>Entries of all lists together: some tens of megabytes of text.</summary>
    public const int ListEntryLimit = 200_000;

    /// <summary>Networks of all lists together: they are tried one after the other.</summary>
    public const int NetworkLimit = 500;

    /// <summary>Characters of a version, a name or a reason.</summary>
    public const int NameLengthLimit = 64;

    /// <summary>Faults that are told at once.</summary>
    public const int FaultLimit = 20;

    /// <summary>All that is wrong, at most <see cref="FaultLimit"/>; empty for a valid set.
    /// </summary>
    public static IReadOnlyList<FraudRuleFault> Check(FraudRuleSet set) =>
        [.. Head(set).Concat(Lists(set.Lists)).Concat(Rules(set.Rules)).Take(FaultLimit)];

    internal static bool IsNetwork(string text) => text.Contains('/');

    private static IEnumerable<FraudRuleFault> Head(FraudRuleSet set)
    {
        if (set.Version is not { Length: > 0 and <= NameLengthLimit })
            yield return new("/version", $"must have 1 to {NameLengthLimit} characters.");
        if (set.Currency == default) yield return new("/currency", "must be a currency.");
        foreach (var (code, rate) in set.Rates)
        {
            if (!Currency.TryParse(code, out var currency) || currency == set.Currency)
            {
                yield return new($"/rates/{code}",
                    $"must be an ISO 4217 code other than {set.Currency}.");
            }
            else if (!double.IsFinite(rate) || rate <= 0)
            {
                yield return new($"/rates/{code}", "must be above 0.");
            }
        }
        var (challenge, review, block) =
            (set.Thresholds.Challenge, set.Thresholds.Review, set.Thresholds.Block);
        if (challenge < 1 || challenge > review || review > block || block > 101)
        {
            yield return new("/thresholds", "must be 1 <= challenge <= review <= block <= 101, " +
                $"not {challenge}, {review}, {block}; 101 is never reached.");
        }
    }

    private static IEnumerable<FraudRuleFault> Lists(FraudLists lists)
    {
        var (entries, networks) = (0, 0);
        foreach (var (name, list) in new[]
            { ("allow", lists.Allow), ("review", lists.Review), ("block", lists.Block) })
        {
            foreach (var (kind, entity, texts) in list.ByEntity())
            {
                entries += texts.Count;
                for (var i = 0; i < texts.Count; i++)
                {
                    var isNetwork = entity == FraudEntity.Ip && IsNetwork(texts[i] ?? "");
                    if (isNetwork) networks++;
                    if (Entry(entity, texts[i]) is { } detail)
                        yield return new($"/lists/{name}/{kind}/{i}", detail);
                }
            }
            for (var i = 0; i < list.Country.Count; i++)
            {
                if (list.Country[i] is not { Length: 2 } code || !code.All(char.IsAsciiLetterUpper))
                    yield return new($"/lists/{name}/country/{i}", "must be two capital letters.");
            }
        }
        if (lists.Allow.Country.Count > 0)
            yield return new("/lists/allow/country", "must be empty: no country is trusted whole.");
        if (entries > ListEntryLimit)
            yield return new("/lists", $"has {entries} entries, at most {ListEntryLimit}.");
        if (networks > NetworkLimit)
            yield return new("/lists", $"has {networks} networks, at most {NetworkLimit}.");
    }

    private static string? Entry(FraudEntity entity, string? text)
    {
        if (text is not { Length: > 0 and <= 320 }) return "must have 1 to 320 characters.";
        return entity switch
        {
            FraudEntity.Ip when IsNetwork(text) => IPNetwork.TryParse(text, out _)
                ? null : $"'{text}' is no network such as 203.0.113.0/24.",
            FraudEntity.Ip => IPAddress.TryParse(text, out _)
                ? null : $"'{text}' is no IP address.",
            FraudEntity.Email => text.Contains('@')
                ? null : $"'{text}' is neither an e-mail nor a domain such as @example.org.",
            _ => null,
        };
    }

    private static IEnumerable<FraudRuleFault> Rules(IReadOnlyList<FraudRule> rules)
    {
        if (rules.Count > RuleLimit)
            yield return new("/rules", $"has {rules.Count} rules, at most {RuleLimit}.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Count; i++)
        {
            var (path, rule) = ($"/rules/{i}", rules[i]);
            if (rule is null)
            {
                yield return new(path, "must not be null.");
                continue;
            }
            if (rule.Name is not { Length: > 0 and <= NameLengthLimit })
                yield return new($"{path}/name", $"must have 1 to {NameLengthLimit} characters.");
            else if (!names.Add(rule.Name))
                yield return new($"{path}/name", $"'{rule.Name}' is another rule's, too.");
            if (rule.Reason is not { Length: > 0 and <= NameLengthLimit }
                || !rule.Reason.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)
                    || c == '_'))
            {
                yield return new($"{path}/reason", "must be 1 to " +
                    $"{NameLengthLimit} capital letters, digits and _, such as CARD_TESTING.");
            }
            if (rule.Points is < -100 or > 100)
                yield return new($"{path}/points", "must be -100 to 100.");
            if (rule.Points == 0 && rule.Decision is null)
                yield return new($"{path}/points", "must not be 0 in a rule without a decision.");
            if (rule.Decision == FraudDecision.Allow)
            {
                yield return new($"{path}/decision", "must be challenge, review or block: a rule " +
                    "can only be sterner; trust by negative points, or by the allow list.");
            }
            foreach (var fault in Conditions(path, rule.When)) yield return fault;
        }
    }

    private static IEnumerable<FraudRuleFault> Conditions(
        string rule, IReadOnlyList<FraudCondition> conditions)
    {
        if (conditions.Count is 0 or > ConditionLimit)
            yield return new($"{rule}/when", $"must have 1 to {ConditionLimit} conditions.");
        for (var i = 0; i < conditions.Count; i++)
        {
            var (path, condition) = ($"{rule}/when/{i}", conditions[i]);
            if (condition is null)
            {
                yield return new(path, "must not be null.");
                continue;
            }
            if (!FraudSignals.TryFind(condition.Signal, out _))
            {
                yield return new($"{path}/signal", $"'{condition.Signal}' is no signal; there " +
                    $"are {Nearest(condition.Signal)} and others.");
            }
            if (condition is { Above: null, AtLeast: null, Below: null, AtMost: null })
                yield return new(path, "needs one of above, atLeast, below and atMost.");
        }
    }

    // Those that begin alike: whoever mistypes a name mistypes its end, or forgets the window.
    private static string Nearest(string? wrong) => string.Join(", ", FraudSignals.Names
        .OrderByDescending(name => name.Zip(wrong ?? "").TakeWhile(c => c.First == c.Second)
            .Count())
        .Take(3));
}
