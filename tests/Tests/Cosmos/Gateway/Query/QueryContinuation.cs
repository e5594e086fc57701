using System.Text;
using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// Where a page ended: the last item in the query's order, by its keys and its number, so that
/// items which come or go between two pages neither shift nor repeat the others.
/// </summary>
/// <param name="Keys">What the last item was ordered by; empty without ORDER BY.</param>
/// <param name="Number">The last item's number.</param>
/// <param name="Taken">How many results there have been; TOP and LIMIT count on.</param>
internal sealed record QueryContinuation(SqlValue[] Keys, ulong Number, int Taken)
{
    public override string ToString()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", Number);
            writer.WriteNumber("taken", Taken);
            writer.WriteStartArray("keys");
            foreach (var key in Keys)
            {
                // An empty array stands for undefined, which JSON has not.
                SqlValue.OfArray([key]).Write(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.ASCII.GetString(stream.ToArray());
    }

    /// <exception cref="GatewayException">Not one of this gateway's.</exception>
    public static QueryContinuation Parse(string text, int keys)
    {
        try
        {
            var root = JsonDocument.Parse(text).RootElement;
            var read = root.GetProperty("keys").EnumerateArray()
                .Select(key => SqlValue.Of(key).Element(0)).ToArray();
            if (read.Length == keys)
            {
                return new QueryContinuation(
                    read,
                    root.GetProperty("number").GetUInt64(),
                    root.GetProperty("taken").GetInt32());
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException)
        {
            // Told below.
        }

        throw GatewayException.BadRequest($"Invalid continuation token: {text}");
    }
}
