using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

/// <summary>What the service answered, read whole.</summary>
public sealed record Answer(
    HttpStatusCode Status,
    string? MediaType,
    string Text,
    IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>A text of the JSON by its path, as <c>errors.0.field</c>.</summary>
    public string? this[string path] => Find(path)?.ToString();

    public JsonNode? Find(string path) => path.Split('.').Aggregate(
        (JsonNode?)Json, (node, part) => node is JsonArray array
            ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]
            : node?[part]);

    /// <summary>Checks that it is a problem with this status and kind.</summary>
    public Answer MustBeProblem(HttpStatusCode status, string? kind = null)
    {
        Assert.Equal(status, Status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture),
            this["status"]);
        Assert.Equal(kind is null ? "about:blank" : $"urn:streamcommerce:problem:{kind}",
            this["type"]);
        Assert.False(string.IsNullOrEmpty(this["title"]));
        Assert.False(string.IsNullOrEmpty(this["detail"]));
        return this;
    }

    public Answer MustBe(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{Status}: {Text}");
        return this;
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsStringAsync(),
        response.Headers.Concat(response.Content.Headers).ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value),
            StringComparer.OrdinalIgnoreCase));
}
