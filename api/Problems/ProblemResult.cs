using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace StreamCommerce.Api.Problems;

/// <summary>The answer of an endpoint that says no.</summary>
public sealed class ProblemResult(Problem problem)
    : IResult, IStatusCodeHttpResult, IValueHttpResult<Problem>
{
    public int? StatusCode => problem.Status;

    public Problem? Value => problem;

    public Task ExecuteAsync(HttpContext httpContext) => problem.WriteAsync(httpContext);

    public static implicit operator ProblemResult(Problem problem) => new(problem);
}

/// <summary>What endpoints tell of themselves.</summary>
internal static class EndpointMetadata
{
    /// <summary>Names the statuses, besides those of every endpoint, that come as a problem.
    /// </summary>
    public static RouteHandlerBuilder WithProblems(
        this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(
                status, typeof(Problem), [Problem.MediaType]));
        }
        return endpoint;
    }

    /// <summary>Allows a body of up to so many bytes instead of the server's limit.</summary>
    public static RouteHandlerBuilder WithBodyLimit(this RouteHandlerBuilder endpoint, int bytes) =>
        endpoint.WithMetadata(new BodyLimit(bytes));

    /// <summary>
    /// Describes a body that the handler reads itself. Not <c>Accepts</c>: that would have
    /// routing refuse other types before the handler can say which there are. Each type comes with
    /// an example: an object or array for JSON, a text for what is read by lines.
    /// </summary>
    public static RouteHandlerBuilder WithBodyTypes(
        this RouteHandlerBuilder endpoint, params (string Type, JsonNode Example)[] types) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = types.ToDictionary(body => body.Type, body => new OpenApiMediaType
                {
                    Example = body.Example.DeepClone(),
                }),
            };
            return Task.CompletedTask;
        });

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
