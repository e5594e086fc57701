using System.Text.Json.Serialization;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Fraud;

/// <summary>An entry of the decision log.</summary>
/// <param name="OrderId">The order that was, or would have been, placed.</param>
/// <param name="At">When it was screened.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Score">0 to 100.</param>
/// <param name="Reasons">Why.</param>
/// <param name="Rules">The version of the rules.</param>
/// <param name="Inputs">Signals that a rule asked for; one that is absent was 0 or unknown.
/// </param>
/// <param name="Shadow">What rules on trial would have decided; absent where there were none.
/// </param>
public sealed record FraudDecisionView(
    string OrderId,
    DateTimeOffset At,
    FraudDecision Decision,
    int Score,
    IReadOnlyList<FraudReason> Reasons,
    string Rules,
    FraudInputs Inputs,
    ShadowScreening? Shadow)
{
    public static FraudDecisionView Of(OrderId order, Screening screening) => new(
        order.Value, screening.At, screening.Decision, screening.Score, screening.Reasons,
        screening.Rules, screening.Inputs, screening.Shadow);
}

/// <summary>A page of the decision log.</summary>
/// <param name="Decisions">The newest first.</param>
/// <param name="Next">Pass it as <c>before</c> for the next page; absent at the end.</param>
public sealed record FraudDecisionList(
    IReadOnlyList<FraudDecisionView> Decisions, string? Next);

/// <summary>An order that waits for a person.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Account">Who buys.</param>
/// <param name="Total">The order's total.</param>
/// <param name="Screening">Why it waits.</param>
public sealed record ReviewView(
    string OrderId, string Account, Money Total, FraudDecisionView Screening);

/// <summary>A page of the review queue.</summary>
/// <param name="Reviews">The newest first.</param>
/// <param name="Next">Pass it as <c>before</c> for the next page; absent at the end.</param>
public sealed record ReviewList(IReadOnlyList<ReviewView> Reviews, string? Next);

/// <summary>What a reviewer says.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ReviewVerdict>))]
public enum ReviewVerdict
{
    /// <summary>It is honest: the order goes on.</summary>
    Approve,

    /// <summary>It is fraud: the order is cancelled, and counts against everybody in it.</summary>
    Reject,
}

/// <summary>A reviewer's word on an order.</summary>
/// <param name="Verdict">Whether it goes on.</param>
/// <param name="Reviewer">Who says so; at most 100 characters.</param>
/// <param name="Note">Why, at most 390 characters.</param>
public sealed record ReviewBody(ReviewVerdict Verdict, string Reviewer, string? Note = null);
