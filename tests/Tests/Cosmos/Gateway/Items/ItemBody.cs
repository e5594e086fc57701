using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>Reads what a client sends of an item, and writes what the service keeps.</summary>
internal static class ItemBody
{
    /// <summary>Largest item, and largest request, in bytes.</summary>
    public const int BytesLimit = 2 * 1024 * 1024;

    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <exception cref="GatewayException">Not a JSON object, too large, or of another
    /// partition key than the request's.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, ItemTransaction transaction)
    {
        if (body.Length > BytesLimit)
        {
            throw new GatewayException(
                413, 0, $"Request size is too large: {body.Length} bytes, at most {BytesLimit}.");
        }

        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw GatewayException.BadRequest($"The item is no JSON: {e.Message}");
        }

        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw GatewayException.BadRequest("An item is a JSON object.");
        }

        var key = PartitionKeyValue.Of(root, transaction.Definition.PartitionKeyPath);
        return key == transaction.Key
            ? json
            : throw GatewayException.BadRequest(
                $"PartitionKey extracted from document ({key}) doesn't match the one specified in "
                + $"the header ({transaction.Key}).",
                SubStatus.PartitionKeyMismatch);
    }

    public static string IdOf(JsonElement root) =>
        ItemId.Check(root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null);

    /// <summary>The next version of an item.</summary>
    /// <param name="root">As the client has it; its own system properties count for
    /// nothing.</param>
    /// <param name="id">The item's.</param>
    /// <param name="before">The version that it replaces, if any.</param>
    /// <param name="transaction">Gives the number of the change, and the time.</param>
    public static StoredItem Version(
        JsonElement root, string id, StoredItem? before, ItemTransaction transaction)
    {
        var number = before?.Number ?? transaction.Container.NextItem();
        var etag = $"\"{number:x8}-0000-{transaction.Count:x4}-0000-{transaction.Lsn:x12}\"";
        return new StoredItem
        {
            Id = id,
            Key = transaction.Key,
            Epk = transaction.Epk,
            Number = number,
            ETag = etag,
            Lsn = transaction.Lsn,
            Timestamp = transaction.Now,
            Expires = Expiry(root, transaction),
            UniqueValues = UniqueValues(root, transaction.Definition),
            Json = Write(root, number, etag, transaction),
        };
    }

    public static bool IsSystemProperty(ReadOnlySpan<byte> name) =>
        name.Length > 0 && name[0] == '_' && (name.SequenceEqual("_rid"u8)
            || name.SequenceEqual("_self"u8) || name.SequenceEqual("_etag"u8)
            || name.SequenceEqual("_ts"u8) || name.SequenceEqual("_attachments"u8)
            || name.SequenceEqual("_lsn"u8));

    private static byte[] Write(
        JsonElement root, ulong number, string etag, ItemTransaction transaction)
    {
        var buffer = new ArrayBufferWriter<byte>(
            JsonMarshal.GetRawUtf8Value(root).Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            foreach (var property in root.EnumerateObject())
            {
                if (!IsSystemProperty(JsonMarshal.GetRawUtf8PropertyName(property)))
                {
                    property.WriteTo(writer);
                }
            }

            var rid = transaction.Container.ItemRid(number);
            writer.WriteString("_rid"u8, rid);
            writer.WriteString("_self"u8, $"{transaction.Container.SelfLink}docs/{rid}/");
            writer.WriteString("_etag"u8, etag);
            writer.WriteString("_attachments"u8, "attachments/"u8);
            writer.WriteNumber("_ts"u8, transaction.Now);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static long Expiry(JsonElement root, ItemTransaction transaction)
    {
        var ttl = transaction.Definition.DefaultTtl;
        if (root.TryGetProperty("ttl"u8, out var own))
        {
            if (own.ValueKind != JsonValueKind.Number || !own.TryGetInt32(out var seconds)
                || seconds is 0 or < -1)
            {
                throw GatewayException.BadRequest(
                    $"The input ttl '{own}' is invalid. Ensure to provide a nonzero positive "
                    + "integer less than or equal to '2147483647', or '-1'.");
            }

            // Where the container has no time to live, an item's own says nothing.
            ttl = ttl is null ? null : seconds;
        }

        return ttl is > 0 and var after ? transaction.Now + after : long.MaxValue;
    }

    private static string[] UniqueValues(JsonElement root, ContainerDefinition definition) =>
        definition.UniqueKeys.Count == 0
            ? []
            : [.. definition.UniqueKeys.Select(key =>
                string.Join('\n', key.Select(path => ValueAt(root, path))))];

    /// <summary>A missing value and null are the same, and unique too.</summary>
    private static string ValueAt(JsonElement at, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return "null";
            }
        }

        return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(at));
    }
}
