using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Merchandising;

namespace StreamCommerce.Api.Recommendations;

/// <summary><c>/v1/merchandising</c>: boosts, pins and what is hidden, for merchants.</summary>
internal static class MerchandisingEndpoints
{
    public static void AddMerchandising(
        this IServiceCollection services, string dataDirectory) =>
        services.AddSingleton(provider => Open(
            Path.Combine(dataDirectory, MerchandisingPlans.FileName), provider));

    public static void MapMerchandising(this WebApplication app, IEndpointRouteBuilder v1)
    {
        // A damaged plan is found at the start, not by the first who asks.
        app.Services.GetRequiredService<MerchandisingPlans>();
        var plans = v1.MapGroup("/merchandising").WithTags("Recommendations");
        plans.MapGet("/", Get).WithName("getMerchandising")
            .WithSummary("Reads the merchandising plan")
            .WithDescription("Boosts, pins and hidden products as they were put. Its version " +
                "comes as the ETag.");
        plans.MapPut("/", Put).WithName("putMerchandising")
            .WithSummary("Replaces the merchandising plan")
            .WithDescription("Valid for the next answer on. If-Match with an ETag replaces that " +
                "version only, If-None-Match: * an empty plan only. A boost multiplies scores by " +
                "0.01 to 100; a pin puts a product at place 1 to 50 while it can be sold; what " +
                "is hidden is not recommended, and can be found and bought as before.")
            .WithBodyLimit(MerchandisingPlans.BytesLimit)
            .WithProblems(400, 412, 413, 415, 503);
    }

    private static MerchandisingPlans Open(string path, IServiceProvider provider)
    {
        try
        {
            return MerchandisingPlans.Open(path, provider.GetRequiredService<Shelf>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MerchandisingPlans>>());
        }
        catch (InvalidDataException wrong)
        {
            // To start without it would be to show what a merchant has hidden.
            throw new SettingsException(wrong.Message, wrong);
        }
    }

    private static Ok<MerchandisingPlan> Get(MerchandisingPlans plans, HttpResponse response) =>
        Answer(plans.Current, response);

    private static Results<Ok<MerchandisingPlan>, ProblemResult> Put(
        MerchandisingPlan body,
        [AsParameters] Preconditions preconditions,
        MerchandisingPlans plans,
        HttpResponse response)
    {
        if (preconditions.Read(out var ifMatch) is { } problem) return (ProblemResult)problem;
        if (MerchandisingRules.Check(body) is { } fault)
            return (ProblemResult)Problem.Invalid(fault.Path, fault.Detail);
        return plans.Put(body, ifMatch).Is(out var plan, out var refusal)
            ? Answer(plan, response)
            : (ProblemResult)refusal.ToProblem();
    }

    private static Ok<MerchandisingPlan> Answer(MerchandisingPlan plan, HttpResponse response)
    {
        response.Headers.ETag = RequestConditions.ToTag(plan.Version);
        return TypedResults.Ok(plan);
    }
}
