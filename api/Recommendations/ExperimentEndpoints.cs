using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Recommendations.Experiments;

namespace StreamCommerce.Api.Recommendations;

/// <summary><c>/v1/experiments</c>: which ways of recommending are compared.</summary>
internal static class ExperimentEndpoints
{
    public static void MapExperiments(this IEndpointRouteBuilder v1)
    {
        var experiments = v1.MapGroup("/experiments").WithTags("Recommendations");
        experiments.MapGet("/", Get).WithName("getExperiments")
            .WithSummary("Reads the experiments")
            .WithDescription("All of them, as they are valid now. Their version comes as the " +
                "ETag.");
        experiments.MapPut("/", Put).WithName("putExperiments")
            .WithSummary("Replaces the experiments")
            .WithDescription("Valid for the next answer on. A share is a percentage of all " +
                "visitors; what the arms leave over is outside of the experiment. A visitor " +
                "stays in an arm whatever happens to other experiments or to the order of " +
                "arms, and while all arms of the experiment grow alike. The first arm is what " +
                "the others are compared with. At most 8 experiments run at a time, and no two " +
                "change the same. Overrides are the model (false: without it), diversity and " +
                "exploration (0 to 1) and sourceWeights, of sources that propose products: " +
                "what a source's best proposal counts, 0 to 1000. One below 0.1 only fills up " +
                "what the others leave empty, 0 leaves it out. Lists that no arm can change " +
                "(trending, new arrivals, bought together, and whatever else an experiment's " +
                "overrides do not reach) are not credited to it. If-Match with an ETag replaces " +
                "that version only, If-None-Match: * none but an empty book.")
            .WithBodyLimit(ExperimentBooks.BytesLimit)
            .WithProblems(400, 412, 413, 415, 503);
    }

    private static Ok<ExperimentBook> Get(ExperimentBooks books, HttpResponse response) =>
        Answer(books.Current, response);

    private static Results<Ok<ExperimentBook>, ProblemResult> Put(
        ExperimentBook body,
        [AsParameters] Preconditions preconditions,
        ExperimentBooks books,
        HttpResponse response)
    {
        if (preconditions.Read(out var ifMatch) is { } problem) return (ProblemResult)problem;
        if (ExperimentRules.Check(body) is { } fault)
            return (ProblemResult)Problem.Invalid(fault.Path, fault.Detail);
        return books.Put(body, ifMatch).Is(out var book, out var refusal)
            ? Answer(book, response)
            : (ProblemResult)refusal.ToProblem();
    }

    private static Ok<ExperimentBook> Answer(ExperimentBook book, HttpResponse response)
    {
        response.Headers.ETag = RequestConditions.ToTag(book.Version);
        return TypedResults.Ok(book);
    }
}
