using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using StreamCommerce.Engine;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Problems;

/// <summary>What a sender is told of an exception. Internals stay inside.</summary>
internal static partial class FaultProblems
{
    /// <summary>The problem of an exception; status 500 where it is a bug.</summary>
    public static Problem Of(Exception fault) => fault switch
    {
        BadHttpRequestException bad => OfBadRequest(bad),
        JsonException json => OfJson(json),
        BodyFormatException body => Problem.Invalid("", body.Message),
        LogAppendException => Problem.Unavailable("The event log could not store the events; " +
            "nothing was acknowledged. Send the same events again later."),
        StoreUnavailableException store => Problem.Unavailable("The store could not do its work; " +
            "repeat the request with the same ids later.") with
        {
            RetryAfterSeconds = SecondsOf(store.RetryAfter),
        },
        _ => OfStatus(500) with
        {
            Detail = "Something went wrong inside the service; its log says what.",
        },
    };

    // The header has whole seconds: rounded up, since who comes too early is turned away again.
    private static int? SecondsOf(TimeSpan? wait) =>
        wait is { } given ? Math.Max(1, (int)Math.Ceiling(given.TotalSeconds)) : null;

    /// <summary>The problem of a bare status, as routing or a limit sets it.</summary>
    public static Problem OfStatus(int status) => new()
    {
        Title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error",
        Status = status,
        Detail = status switch
        {
            404 => "Nothing is served at this path; /openapi/v1.json lists what is.",
            405 => "The path exists, but not for this method; the Allow header lists those it has.",
            408 => "The request came too slowly.",
            413 => "The body is larger than this endpoint takes.",
            415 => "Send the body as application/json.",
            504 => "The request took too long and was given up.",
            _ => "The request cannot be served.",
        },
    };

    private static Problem OfBadRequest(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json) return OfJson(json);
        if (bad.StatusCode != 400) return OfStatus(bad.StatusCode);
        if (Unbound().Match(bad.Message) is { Success: true } unbound)
        {
            return Problem.Invalid(ParameterOf(unbound),
                $"'{unbound.Groups["value"].Value}' is not a value of the right type or range.");
        }
        if (Missing().Match(bad.Message) is { Success: true } missing)
            return Problem.Invalid(ParameterOf(missing), "is required.");
        return Problem.Invalid("", bad.Message.Contains("body", StringComparison.Ordinal)
            ? "The body is missing or cannot be read." : "The request cannot be read.");
    }

    // The framework names the member that a parameter is bound to, which begins with a capital.
    private static string ParameterOf(Match match) =>
        JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value);

    private static Problem OfJson(JsonException json)
    {
        if (JsonFaults.IsSyntax(json))
            return Problem.Invalid("", $"The body {JsonFaults.Describe(json)}");
        var field = (json.Path ?? "").TrimStart('$').Replace('.', '/').Replace("[", "/")
            .Replace("]", "");
        if (json.Message.Contains("missing required", StringComparison.Ordinal))
            return Lacking(field, json.Message);
        // The serializer's sentences name .NET types; a sender wants the place and the kind.
        var detail = json.Message switch
        {
            var m when m.Contains("could not be converted", StringComparison.Ordinal) =>
                $"has the wrong type or range for this field ({JsonFaults.Place(json)}).",
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) =>
                "is not a field of this request.",
            var m when m.Contains("doesn't allow null", StringComparison.Ordinal)
                || m.Contains("does not allow null", StringComparison.Ordinal)
                || m.Contains("disallows null", StringComparison.Ordinal) =>
                "must not be null.",
            var m when m.Contains("transcode", StringComparison.Ordinal) =>
                JsonFaults.Describe(json),
            var m => m.Split(" Path:")[0],
        };
        return Problem.Invalid(field, detail);
    }

    private static Problem Lacking(string field, string message)
    {
        FieldProblem[] lacking = [.. Quoted().Matches(message[message.IndexOf(':')..])
            .Select(name => new FieldProblem($"{field}/{name.Groups[1].Value}", "is required."))];
        return Problem.Invalid("", string.Join(" ",
            lacking.Select(one => $"{one.Field}: {one.Detail}"))) with
        {
            Errors = lacking,
        };
    }

    [GeneratedRegex("""^Failed to bind parameter ".* (?<name>\w+)" from "(?<value>.*)"\.$""")]
    private static partial Regex Unbound();

    [GeneratedRegex("""^Required parameter ".* (?<name>\w+)" was not provided""")]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
