using System.Globalization;
using System.Text.Json.Serialization;
using StreamCommerce.Api.Hosting;

namespace StreamCommerce.Api.Problems;

/// <summary>A field, or a parameter, that is to blame.</summary>
/// <param name="Field">A JSON Pointer into the body, or a parameter's or header's name.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
public sealed record FieldProblem(string Field, string Detail);

/// <summary>A line of a command that is to blame.</summary>
/// <param name="ProductId">Its product.</param>
/// <param name="Asked">Units asked for.</param>
/// <param name="Available">Units to be had; absent where stock was not the reason.</param>
public sealed record LineProblem(string ProductId, long Asked, long? Available);

/// <summary>One of many, an event or a row, that was not taken.</summary>
/// <param name="Index">Its place in the batch, from 0; absent for rows.</param>
/// <param name="Line">Its line in the file, from 1; absent for events.</param>
/// <param name="Id">Its id, where one could be read.</param>
/// <param name="Field">A JSON Pointer to what is wrong, empty for all of it.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
public sealed record RefusedEntry(
    int? Index, long? Line, string? Id, string Field, string Detail);

/// <summary>What every error is answered with: RFC 9457's problem details.</summary>
public sealed record Problem
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    private const string TypePrefix = "urn:streamcommerce:problem:";

    /// <summary>What kind of problem, for programs: a URN, or <c>about:blank</c> where the
    /// status says it all.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The kind, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What was wrong this time, a sentence for the sender.</summary>
    public required string Detail { get; init; }

    /// <summary>Fields or parameters that are to blame.</summary>
    public IReadOnlyList<FieldProblem>? Errors { get; init; }

    /// <summary>Lines that are to blame.</summary>
    public IReadOnlyList<LineProblem>? Lines { get; init; }

    /// <summary>Events or rows that were not taken, when none was.</summary>
    public IReadOnlyList<RefusedEntry>? Refused { get; init; }

    /// <summary>Seconds after which the same request makes sense again.</summary>
    [JsonIgnore]
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A problem of a kind of its own.</summary>
    public static Problem Of(int status, string kind, string title, string detail) => new()
    {
        Type = TypePrefix + kind,
        Title = title,
        Status = status,
        Detail = detail,
    };

    /// <summary>A request that cannot be read or holds values out of their range.</summary>
    public static Problem Invalid(string field, string detail) =>
        Of(400, "invalid-request", "The request is not valid",
            field.Length == 0 ? detail : $"{field}: {detail}") with
        {
            Errors = field.Length == 0 ? null : [new(field, detail)],
        };

    /// <summary>There is no such thing.</summary>
    public static Problem NotFound(string detail) =>
        Of(404, "not-found", "There is no such thing", detail);

    /// <summary>The service cannot do it now; the same request may succeed later.</summary>
    public static Problem Unavailable(string detail) =>
        Of(503, "unavailable", "The service cannot do this now", detail);

    /// <summary>Sends it as the whole answer.</summary>
    internal Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        // A second is enough for a full queue, and soon enough for a disk that was cleared.
        if ((RetryAfterSeconds ?? (Status == 503 ? 1 : null)) is { } seconds)
        {
            context.Response.Headers.RetryAfter =
                seconds.ToString(CultureInfo.InvariantCulture);
        }
        return context.Response.WriteAsJsonAsync(
            this, ApiJson.Wire.Problem, MediaType, context.RequestAborted);
    }
}
