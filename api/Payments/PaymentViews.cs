using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Payments;

/// <summary>What became of a webhook.</summary>
/// <param name="Duplicate">It had come before; it has no further effect.</param>
public sealed record WebhookView(bool Duplicate);

/// <summary>Which webhooks are to be handled again.</summary>
/// <param name="From">The first one's number; default 1.</param>
/// <param name="All">Also those that were handled; default false.</param>
public sealed record WebhookReplayBody(long From = 1, bool All = false);

/// <summary>Webhooks that will be handled again.</summary>
/// <param name="Count">How many.</param>
public sealed record WebhookReplayView(int Count);

/// <summary>The buyer's answer to the sandbox's step-up.</summary>
/// <param name="Approve">True to confirm the payment, false to fail.</param>
public sealed record ConfirmationBody(bool Approve);

/// <summary>A payment of the sandbox after the buyer's answer.</summary>
/// <param name="Reference">The sandbox's reference.</param>
/// <param name="OrderId">The order that pays.</param>
/// <param name="State">succeeded or declined.</param>
public sealed record ConfirmationView(string Reference, string? OrderId, string State);

/// <summary>A disagreement between shop and gateway.</summary>
/// <param name="Fault">missing-at-gateway, missing-here, captured-without-order, amount-differs,
/// state-differs, undecided.</param>
/// <param name="Gateway">The gateway.</param>
/// <param name="OperationId">The shop's operation, where it is known.</param>
/// <param name="OrderId">The order, where it is known.</param>
/// <param name="Kind">authorize, capture, void, refund.</param>
/// <param name="Reference">The gateway's reference, where it is known.</param>
/// <param name="Here">The shop's amount.</param>
/// <param name="HereState">The shop's state.</param>
/// <param name="There">The gateway's amount.</param>
/// <param name="ThereState">The gateway's state.</param>
public sealed record ReconciliationLine(
    string Fault,
    string Gateway,
    string? OperationId,
    string? OrderId,
    string Kind,
    string? Reference,
    Money? Here,
    string? HereState,
    Money? There,
    string? ThereState);

/// <summary>Orders' payments against the gateways' own records.</summary>
/// <param name="From">From when, inclusive.</param>
/// <param name="To">Until when, exclusive; not the last minutes, which are under way.</param>
/// <param name="Matched">Operations on which both agree.</param>
/// <param name="Complete">False where a gateway could not be asked or there was too much: then
/// ask for less time.</param>
/// <param name="Exceptions">The disagreements.</param>
public sealed record ReconciliationView(
    DateTimeOffset From,
    DateTimeOffset To,
    long Matched,
    bool Complete,
    IReadOnlyList<ReconciliationLine> Exceptions)
{
    internal static ReconciliationView Of(ReconciliationReport report) => new(
        report.From, report.To, report.Matched, report.IsComplete,
        [.. report.Exceptions.Select(Line)]);

    private static ReconciliationLine Line(ReconciliationException one) => new(
        PaymentWords.Of(one.Fault), one.Gateway, one.Operation?.Value, one.Order?.Value,
        PaymentWords.Of(one.Kind), one.Reference, one.Here,
        one.HereState is { } here ? PaymentWords.Of(here) : null, one.There,
        one.ThereState is { } there ? PaymentWords.Of(there) : null);
}

/// <summary>Names as the API writes them: <c>ActionRequired</c> is <c>action-required</c>.
/// </summary>
internal static class PaymentWords
{
    public static string Of<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0
            ? $"-{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
