using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;

namespace StreamCommerce.Api.Payments;

/// <summary><c>/v1/payments</c>: what gateways send, and what the shop makes of it.</summary>
internal static class PaymentEndpoints
{
    // Stripe's largest events are some tens of KiB.
    private const int WebhookBytesLimit = 256 * 1024;

    public static void MapPayments(this IEndpointRouteBuilder v1)
    {
        var payments = v1.MapGroup("/payments").WithTags("Payments");
        payments.MapPost("/webhooks/{gateway}", ReceiveAsync).WithName("receiveWebhook")
            .WithBodyLimit(WebhookBytesLimit)
            .WithBodyTypes(("application/json", new System.Text.Json.Nodes.JsonObject
            {
                ["id"] = "evt_1",
                ["type"] = "payment.captured",
            }))
            .WithSummary("Takes a gateway's webhook")
            .WithDescription("The signature is checked over the body's bytes. The webhook is " +
                "stored before the answer, and handled after it. The same event again is " +
                "answered with 200 and has no further effect.")
            .WithProblems(400, 404, 413, 503);
        payments.MapPost("/webhook-replays", ReplayAsync).WithName("replayWebhooks")
            .WithSummary("Has stored webhooks handled again")
            .WithDescription("Those that wait or were given up, from a number on; with all, " +
                "those that were handled, too. Effects are made once all the same.")
            .WithProblems(400, 413, 415, 503);
        payments.MapGet("/reconciliation", ReconcileAsync).WithName("reconcilePayments")
            .WithSummary("Compares the orders' payments with the gateways' own records")
            .WithDescription("Of at most seven days. The last five minutes are left out.")
            .WithProblems(400, 503);
        payments.MapPost("/sandbox/{gateway}/confirmations/{reference}", Confirm)
            .WithName("confirmSandboxPayment")
            .WithSummary("Plays the buyer who confirms a payment of the sandbox (3-D Secure)")
            .WithProblems(400, 404, 413, 415);
    }

    private static async Task<Results<Ok<WebhookView>, ProblemResult>> ReceiveAsync(
        [Description("The configured name of the gateway.")] string gateway,
        HttpRequest request,
        WebhookDesk desk,
        [FromHeader(Name = WebhookSignature.Header)]
        [Description("t=UNIX_SECONDS,v1=HEX: HMAC-SHA256 of \"t.body\" with the gateway's secret.")]
        string? signature,
        CancellationToken ct)
    {
        using var body = await PooledBody.ReadAsync(request, WebhookBytesLimit, ct);
        var (receipt, fault) = await desk.ReceiveAsync(gateway, signature, body.Bytes, ct);
        return receipt switch
        {
            WebhookReceipt.Stored => TypedResults.Ok(new WebhookView(false)),
            WebhookReceipt.Duplicate => TypedResults.Ok(new WebhookView(true)),
            WebhookReceipt.UnknownGateway => (ProblemResult)Problem.NotFound(fault!),
            WebhookReceipt.BadSignature =>
                (ProblemResult)Problem.Invalid(WebhookSignature.Header, fault!),
            _ => (ProblemResult)Problem.Invalid("", fault!),
        };
    }

    private static async Task<Results<Ok<WebhookReplayView>, ProblemResult>> ReplayAsync(
        WebhookReplayBody body, WebhookRelay relay, CancellationToken ct)
    {
        if (body.From < 1)
        {
            return (ProblemResult)Problem.Invalid(
                "/from", $"is {body.From}; it must be 1 or more.");
        }
        return TypedResults.Ok(
            new WebhookReplayView(await relay.ReplayAsync(body.From, body.All, ct)));
    }

    private static async Task<Results<Ok<ReconciliationView>, ProblemResult>> ReconcileAsync(
        [Description("From when, inclusive, as 2026-03-01T00:00:00Z.")] DateTimeOffset from,
        [Description("Until when, exclusive.")] DateTimeOffset to,
        ReconciliationDesk desk,
        CancellationToken ct)
    {
        if (from.Year < 2000) return (ProblemResult)Problem.Invalid("from", "is before 2000.");
        if (to <= from) return (ProblemResult)Problem.Invalid("to", "must be after 'from'.");
        if (to - from > ReconciliationDesk.TimeLimit)
        {
            return (ProblemResult)Problem.Invalid("to", "must be within " +
                $"{ReconciliationDesk.TimeLimit.TotalDays:0} days of 'from'.");
        }
        return TypedResults.Ok(ReconciliationView.Of(await desk.ReportAsync(from, to, ct)));
    }

    private static Results<Ok<ConfirmationView>, ProblemResult> Confirm(
        [Description("The configured name of a sandbox.")] string gateway,
        [Description("The payment's reference.")] string reference,
        ConfirmationBody body,
        PaymentDesk payments)
    {
        if (!payments.Find(gateway, out var found, out _) || found is not SandboxGateway sandbox)
            return (ProblemResult)Problem.NotFound($"There is no sandbox '{gateway}'.");
        return sandbox.CompleteStepUp(reference, body.Approve) is { } done
            ? TypedResults.Ok(new ConfirmationView(
                done.Reference, done.Order?.Value, PaymentWords.Of(done.State)))
            : (ProblemResult)Problem.NotFound(
                $"No payment '{reference}' waits for the buyer's confirmation.");
    }
}
