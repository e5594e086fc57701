using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Pricing;

namespace StreamCommerce.Api.Pricing;

/// <summary><c>/v1/pricing</c>: promotions, tax and shipping, for merchants.</summary>
internal static class PricingEndpoints
{
    public static void MapPricing(this IEndpointRouteBuilder v1)
    {
        var pricing = v1.MapGroup("/pricing").WithTags("Pricing");
        pricing.MapGet("/", Get).WithName("getPricing")
            .WithSummary("Reads the price book")
            .WithDescription("Promotions, tax and shipping as they are valid now. Its version " +
                "comes as the ETag.");
        pricing.MapPut("/", Put).WithName("putPricing")
            .WithSummary("Replaces the price book")
            .WithDescription("Valid for the next quote on; orders keep their prices. If-Match " +
                "with an ETag replaces that version only, If-None-Match: * an empty book only. " +
                "Percents are 0 to 100; amounts have no more digits than their currency.")
            .WithBodyLimit(PriceBooks.BytesLimit)
            .WithProblems(400, 412, 413, 415, 503);
    }

    private static Ok<PriceBook> Get(PriceBooks books, HttpResponse response) =>
        Answer(books.Current, response);

    private static Results<Ok<PriceBook>, ProblemResult> Put(
        PriceBook body,
        [AsParameters] Preconditions preconditions,
        PriceBooks books,
        HttpResponse response)
    {
        if (preconditions.Read(out var ifMatch) is { } problem) return (ProblemResult)problem;
        if (PriceBookRules.Check(body) is { } fault)
            return (ProblemResult)Problem.Invalid(fault.Path, fault.Detail);
        return books.Put(body, ifMatch).Is(out var book, out var refusal)
            ? Answer(book, response)
            : (ProblemResult)refusal.ToProblem();
    }

    private static Ok<PriceBook> Answer(PriceBook book, HttpResponse response)
    {
        response.Headers.ETag = RequestConditions.ToTag(book.Version);
        return TypedResults.Ok(book);
    }
}
