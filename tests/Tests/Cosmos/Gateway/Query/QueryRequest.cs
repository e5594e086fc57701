using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>A query as it was sent: its text and the values of its parameters.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Parameters">By name, with the @.</param>
/// <param name="Resume">Where an ordered query goes on, if it does.</param>
internal sealed record QueryRequest(
    QueryText Text, IReadOnlyDictionary<string, SqlValue> Parameters, QueryResume? Resume = null)
{
    private static readonly Dictionary<string, SqlValue> None = [];

    /// <summary>What a read of the whole feed is.</summary>
    public static QueryRequest Everything { get; } = new(QueryText.Parse("SELECT * FROM c"), None);

    /// <exception cref="GatewayException">Not a query.</exception>
    public static QueryRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            // Values stay parts of the document, which is therefore left to the collector.
            var root = JsonDocument.Parse(body).RootElement;
            var request = new QueryRequest(
                QueryText.Parse(root.GetProperty("query").GetString()!), None);
            foreach (var property in root.EnumerateObject())
            {
                request = property.Name switch
                {
                    "query" => request,
                    "parameters" => request with { Parameters = Named(property.Value) },
                    "resumeFilter" => request with
                    {
                        Resume = QueryResume.Parse(property.Value, request.Text.Order.Count),
                    },
                    // Which dialect of the answers the client reads; there is but one here.
                    "clientQLCompatibilityLevel" => request,
                    var other => throw GatewayException.NotSpoken($"'{other}' of a query"),
                };
            }

            return request;
        }
        catch (Exception e) when (
            e is JsonException or KeyNotFoundException or InvalidOperationException
                or ArgumentException or FormatException)
        {
            throw GatewayException.BadRequest($"The query is not well formed: {e.Message}");
        }
    }

    private static Dictionary<string, SqlValue> Named(JsonElement list) =>
        list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0
            ? None
            : list.EnumerateArray().ToDictionary(
                parameter => parameter.GetProperty("name").GetString()!,
                parameter => SqlValue.Of(parameter.GetProperty("value")),
                StringComparer.Ordinal);

    /// <summary>A count that the query gives, such as that of TOP; null if it does not.</summary>
    /// <exception cref="GatewayException">Not a count.</exception>
    public int? Count(Expression? expression)
    {
        if (expression is null)
        {
            return null;
        }

        var value = new Evaluation(SqlValue.Undefined, Parameters).Of(expression);
        return value.Type == SqlType.Number && value.Number is >= 0 and <= int.MaxValue
            && value.Number == Math.Floor(value.Number)
            ? (int)value.Number
            : throw GatewayException.BadRequest("TOP, OFFSET and LIMIT take whole numbers.");
    }
}
