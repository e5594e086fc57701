using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Fraud;

namespace StreamCommerce.Api.Fraud;

/// <summary><c>/v1/fraud/rules</c>: the rules that screen checkouts, and those on trial.</summary>
internal static class FraudEndpoints
{
    private const string Form = "Signals, rules and lists are described in the README. If-Match " +
        "with an ETag replaces that revision only.";

    /// <summary>The screen, and its rules from the data folder.</summary>
    public static void AddFraud(
        this IServiceCollection services, string dataDirectory, FraudLimits limits)
    {
        services.AddSingleton(new FraudScreen(limits: limits));
        services.AddSingleton(provider => new FraudRulesFile(
            dataDirectory, provider.GetRequiredService<FraudScreen>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FraudRulesFile>>()));
    }

    public static void MapFraud(this WebApplication app, IEndpointRouteBuilder v1)
    {
        // The first checkout must meet the shop's own rules, not the default ones.
        app.Services.GetRequiredService<FraudRulesFile>();
        var rules = v1.MapGroup("/fraud/rules").WithTags("Fraud");
        rules.MapGet("/", GetActive).WithName("getFraudRules")
            .WithSummary("Reads the fraud rules that decide")
            .WithDescription("Their revision comes as the ETag.");
        rules.MapPut("/", PutActiveAsync).WithName("putFraudRules")
            .WithSummary("Replaces the fraud rules that decide")
            .WithDescription($"Checked as a whole, stored, and in force at once. {Form}")
            .WithBodyTypes(("application/json", Example()))
            .WithBodyLimit(FraudRules.FileLimit)
            .WithProblems(400, 412, 413, 503);
        rules.MapGet("/shadow", GetShadow).WithName("getShadowFraudRules")
            .WithSummary("Reads the fraud rules on trial")
            .WithDescription("They are asked at every checkout, and what they would have decided " +
                "is recorded; they decide nothing.")
            .WithProblems(404);
        rules.MapPut("/shadow", PutShadowAsync).WithName("putShadowFraudRules")
            .WithSummary("Puts fraud rules on trial")
            .WithDescription($"In the currency of those that decide. {Form}")
            .WithBodyTypes(("application/json", Example()))
            .WithBodyLimit(FraudRules.FileLimit)
            .WithProblems(400, 412, 413, 503);
        rules.MapDelete("/shadow", DeleteShadow).WithName("deleteShadowFraudRules")
            .WithSummary("Ends the trial of fraud rules")
            .WithProblems(400, 412, 503);
    }

    private static Ok<FraudRuleSet> GetActive(FraudRulesFile files, HttpResponse response) =>
        Answer(files.Active, response);

    private static Results<Ok<FraudRuleSet>, ProblemResult> GetShadow(
        FraudRulesFile files, HttpResponse response) =>
        files.Shadow is { } shadow
            ? Answer(shadow, response)
            : (ProblemResult)Problem.NotFound("There are no fraud rules on trial.");

    private static Task<Results<Ok<FraudRuleSet>, ProblemResult>> PutActiveAsync(
        HttpContext context, [AsParameters] Preconditions preconditions, FraudRulesFile files,
        CancellationToken ct) => PutAsync(context, preconditions, files, shadow: false, ct);

    private static Task<Results<Ok<FraudRuleSet>, ProblemResult>> PutShadowAsync(
        HttpContext context, [AsParameters] Preconditions preconditions, FraudRulesFile files,
        CancellationToken ct) => PutAsync(context, preconditions, files, shadow: true, ct);

    private static async Task<Results<Ok<FraudRuleSet>, ProblemResult>> PutAsync(
        HttpContext context, Preconditions preconditions, FraudRulesFile files, bool shadow,
        CancellationToken ct)
    {
        if (preconditions.Read(out var ifMatch) is { } problem) return (ProblemResult)problem;
        using var body = await PooledBody.ReadAsync(context.Request, FraudRules.FileLimit, ct);
        try
        {
            var answer = files.Put(body.Bytes.Span, shadow, ifMatch, out var faults);
            if (answer.Is(out var rules, out var refusal)) return Answer(rules, context.Response);
            return (ProblemResult)(refusal.ToProblem() with
            {
                Errors = faults.Count == 0 ? null
                    : [.. faults.Select(fault => new FieldProblem(fault.Path, fault.Detail))],
            });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return NotStored();
        }
    }

    private static Results<NoContent, ProblemResult> DeleteShadow(
        [AsParameters] Preconditions preconditions, FraudRulesFile files)
    {
        if (preconditions.Read(out var ifMatch) is { } problem) return (ProblemResult)problem;
        try
        {
            return files.RemoveShadow(ifMatch) is { } refusal
                ? (ProblemResult)refusal.ToProblem() : TypedResults.NoContent();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return NotStored();
        }
    }

    private static ProblemResult NotStored() => Problem.Unavailable(
        "The rules could not be stored; those before stay in force.");

    private static Ok<FraudRuleSet> Answer(FraudRulesRevision rules, HttpResponse response)
    {
        response.Headers.ETag = RequestConditions.ToTag(rules.Revision);
        return TypedResults.Ok(rules.Policy.Set);
    }

    private static JsonNode Example() => JsonNode.Parse("""
        {
          "version": "2026-07-1", "currency": "EUR", "rates": { "USD": 0.9 },
          "thresholds": { "challenge": 30, "review": 60, "block": 85 },
          "lists": { "block": { "email": ["@mailinator.example"], "ip": ["203.0.113.0/24"] } },
          "rules": [
            { "name": "many cards on one device", "reason": "CARD_TESTING", "points": 45,
              "when": [{ "signal": "device.cards.24h", "atLeast": 4 }] }
          ]
        }
        """)!;
}
