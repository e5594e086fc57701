using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Engine.Fraud;

/// <summary>What to do with an attempt to buy, from the mildest to the sternest.</summary>
/// <remarks>Stored by name with orders: add new ones at the end, never rename one.</remarks>
[JsonConverter(typeof(CamelCaseEnumConverter<FraudDecision>))]
public enum FraudDecision
{
    /// <summary>Take the payment.</summary>
    Allow,

    /// <summary>Take it if the buyer passes the card issuer's check (3-D Secure).</summary>
    Challenge,

    /// <summary>Hold the order until a person has looked at it.</summary>
    Review,

    /// <summary>Refuse it; no payment is tried.</summary>
    Block,
}

/// <summary>
/// How an attempt to buy was judged, by which rules, and what they saw. Immutable; stored with the
/// order as the entry of the decision log (<see cref="FraudJson"/>).
/// </summary>
/// <param name="Score">0, nothing to be seen, to 100.</param>
/// <param name="Decision">What to do.</param>
/// <param name="Reasons">Every rule that fired and every list that matched, rules first.</param>
/// <param name="Rules">The version that the rule set gives itself.</param>
/// <param name="At">When it was screened.</param>
public sealed record Screening(
    int Score,
    FraudDecision Decision,
    IReadOnlyList<FraudReason> Reasons,
    string Rules,
    DateTimeOffset At)
{
    /// <summary>The signals that a rule asked for. One that is absent was 0, or it was unknown
    /// because the request did not say what it is about.</summary>
    public FraudInputs Inputs { get => field ?? FraudInputs.None; init; }

    /// <summary>What the shadow rules would have decided; null where there were none.</summary>
    public ShadowScreening? Shadow { get; init; }
}

/// <summary>Why a score is as it is.</summary>
/// <param name="Code">The rule's reason code, or <c>LIST_BLOCK_EMAIL</c> and the like for a
/// list.</param>
/// <param name="Points">What it adds to the score; 0 for a list.</param>
public readonly record struct FraudReason(string Code, int Points);

/// <summary>What rules on trial would have decided. It decides nothing.</summary>
/// <param name="Score">0 to 100.</param>
/// <param name="Decision">What they would have done.</param>
/// <param name="Reasons">Why.</param>
/// <param name="Rules">The version that the rule set on trial gives itself.</param>
public sealed record ShadowScreening(
    int Score, FraudDecision Decision, IReadOnlyList<FraudReason> Reasons, string Rules);

/// <summary>Names as <c>cardTesting</c>, never numbers.</summary>
public sealed class CamelCaseEnumConverter<TEnum>()
    : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where TEnum : struct, Enum;
