using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Problems;

namespace StreamCommerce.Api.Hosting;

/// <summary>The headers that make a change depend on a version.</summary>
/// <param name="IfMatch">The ETag of the version that was read.</param>
/// <param name="IfNoneMatch">The star, for: only where there is none.</param>
internal readonly record struct Preconditions(
    [property: FromHeader(Name = "If-Match")]
    [property: Description("Only if it is still this version: an ETag of this service.")]
    string? IfMatch,
    [property: FromHeader(Name = "If-None-Match")]
    [property: Description("The star, for: only where there is none.")]
    string? IfNoneMatch)
{
    /// <summary>
    /// The version that is asked for: 0 where there must be none, null where the sender does not
    /// mind. Headers of another form are a problem.
    /// </summary>
    public Problem? Read(out long? version)
    {
        version = null;
        if (IfNoneMatch is not null)
        {
            version = 0;
            return IfNoneMatch == "*" ? null
                : Problem.Invalid("If-None-Match", "must be *, which means: only where it is new.");
        }
        if (IfMatch is null or "*") return null;
        if (IfMatch.Length > 2 && IfMatch[0] == '"' && IfMatch[^1] == '"' && long.TryParse(
            IfMatch.AsSpan(1, IfMatch.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture,
            out var read))
        {
            version = read;
            return null;
        }
        return Problem.Invalid("If-Match", "must be one ETag as this service gave it, as \"3\".");
    }
}

/// <summary>Versions as entity tags, and ids of operations.</summary>
internal static class RequestConditions
{
    /// <summary>The header of an idempotency key.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>What the header is for.</summary>
    public const string KeyDescription =
        "The sender's id of the operation: repeated with the same one, it has one effect.";

    /// <summary>What is wrong with a required key; null where it is there.</summary>
    public static Problem? CheckKey(string? key) => string.IsNullOrEmpty(key)
        ? Problem.Invalid(IdempotencyKey,
            "is required, so that a repeated request acts once; send a new UUID an attempt.")
        : null;

    /// <summary>A version as an entity tag.</summary>
    public static string ToTag(long version) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The sender's id of the operation, or a new one.</summary>
    public static string KeyOrNew(string? key, TimeProvider time) => string.IsNullOrEmpty(key)
        ? Guid.CreateVersion7(time.GetUtcNow()).ToString("N") : key;
}
