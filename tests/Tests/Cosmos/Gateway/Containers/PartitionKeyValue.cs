using System.Globalization;
using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// The value of an item's partition key: a string, a number, true, false, null, or nothing at all.
/// </summary>
/// <param name="Text">The value as JSON, in one form for each value; "{}" where the item has
/// none.</param>
internal readonly record struct PartitionKeyValue(string Text)
{
    /// <summary>Longest, in UTF-8 bytes.</summary>
    private const int BytesLimit = 2048;

    public static PartitionKeyValue Undefined => new("{}");

    /// <summary>Reads <c>x-ms-documentdb-partitionkey</c>: an array of one value.</summary>
    /// <exception cref="GatewayException">It is not one.</exception>
    public static PartitionKeyValue OfHeader(string header)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 1)
            {
                var value = root[0];
                return value.ValueKind == JsonValueKind.Object ? Undefined : Of(value);
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw GatewayException.BadRequest($"Partition key {header} is no array of one value.");
    }

    /// <summary>The value at a path of an item.</summary>
    /// <exception cref="GatewayException">There is an array or an object.</exception>
    public static PartitionKeyValue Of(JsonElement item, IReadOnlyList<string> path)
    {
        var at = item;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return Undefined;
            }
        }

        return Of(at);
    }

    public static PartitionKeyValue Of(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                var text = value.GetString()!;
                if (System.Text.Encoding.UTF8.GetByteCount(text) > BytesLimit)
                {
                    throw GatewayException.BadRequest(
                        $"A partition key has at most {BytesLimit} bytes.");
                }

                return new('"' + text);
            case JsonValueKind.Number:
                return new(value.GetDouble().ToString("R", CultureInfo.InvariantCulture));
            case JsonValueKind.True:
                return new("true");
            case JsonValueKind.False:
                return new("false");
            case JsonValueKind.Null:
                return new("null");
            default:
                throw GatewayException.BadRequest("A partition key is no array and no object.");
        }
    }

    /// <summary>As a record of requests shows it: a string without quotes.</summary>
    public override string ToString() => Text.StartsWith('"') ? Text[1..] : Text;
}
