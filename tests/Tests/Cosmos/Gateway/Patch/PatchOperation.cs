using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Patch;

/// <summary>
/// One step of a patch. <c>add</c> and <c>set</c> differ in arrays only, where the first inserts
/// and the second overwrites; <c>replace</c> and <c>remove</c> need something to be there;
/// <c>incr</c> adds to a number, or makes one.
/// </summary>
internal sealed class PatchOperation
{
    private const string AtEnd = "-";

    private static readonly HashSet<string> SystemNames =
        new(["_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"], StringComparer.Ordinal);

    private readonly string _op;
    private readonly string[] _path;
    private readonly JsonElement _value;

    private PatchOperation(string op, string[] path, JsonElement value)
    {
        _op = op;
        _path = path;
        _value = value;
    }

    /// <exception cref="GatewayException">The service would refuse it.</exception>
    public static PatchOperation Parse(JsonElement json, ContainerDefinition definition)
    {
        var op = json.GetProperty("op").GetString()!.ToLowerInvariant();
        var path = Path(json.GetProperty("path").GetString()!);
        var hasValue = json.TryGetProperty("value", out var value);
        if (op is not ("add" or "set" or "replace" or "remove" or "incr"))
        {
            throw GatewayException.NotSpoken($"the patch operation '{op}'");
        }

        if (!hasValue && op != "remove")
        {
            throw GatewayException.BadRequest($"'{op}' needs a value.");
        }

        if (op == "incr" && value.ValueKind != JsonValueKind.Number)
        {
            throw GatewayException.BadRequest("'incr' needs a number.");
        }

        if (path is ["id"] || SystemNames.Contains(path[0])
            || path.AsSpan().SequenceEqual(definition.PartitionKeyPath.ToArray()))
        {
            throw GatewayException.BadRequest(
                $"/{string.Join('/', path)} cannot be patched: it is the id, the partition key, or "
                + "the service's own.");
        }

        return new PatchOperation(op, path, value);
    }

    /// <exception cref="GatewayException">The path leads nowhere.</exception>
    public void Apply(JsonObject root)
    {
        JsonNode? parent = root;
        foreach (var name in _path.AsSpan(0, _path.Length - 1))
        {
            parent = parent switch
            {
                JsonObject inner => inner[name],
                JsonArray list when IsIndex(name, list.Count - 1, out var i) => list[i],
                _ => null,
            };
        }

        switch (parent)
        {
            case JsonObject inner:
                ApplyTo(inner, _path[^1]);
                break;
            case JsonArray list:
                ApplyTo(list, _path[^1]);
                break;
            default:
                throw Nowhere();
        }
    }

    private void ApplyTo(JsonObject parent, string name)
    {
        var exists = parent.ContainsKey(name);
        switch (_op)
        {
            case "remove" or "replace" when !exists:
                throw Nowhere();
            case "remove":
                parent.Remove(name);
                break;
            case "incr":
                parent[name] = exists ? Sum(parent[name]) : Value();
                break;
            default:
                parent[name] = Value();
                break;
        }
    }

    private void ApplyTo(JsonArray parent, string name)
    {
        if (_op == "add" && (name == AtEnd || IsIndex(name, parent.Count, out _)))
        {
            parent.Insert(
                name == AtEnd ? parent.Count : int.Parse(name, CultureInfo.InvariantCulture),
                Value());
            return;
        }

        if (!IsIndex(name, parent.Count - 1, out var index))
        {
            throw Nowhere();
        }

        switch (_op)
        {
            case "remove":
                parent.RemoveAt(index);
                break;
            case "incr":
                parent[index] = Sum(parent[index]);
                break;
            default:
                parent[index] = Value();
                break;
        }
    }

    private JsonNode? Value() => JsonNode.Parse(_value.GetRawText());

    /// <summary>Integers stay integers as long as they fit.</summary>
    private JsonValue Sum(JsonNode? current)
    {
        if (current?.GetValueKind() != JsonValueKind.Number)
        {
            throw GatewayException.BadRequest(
                $"/{string.Join('/', _path)} is no number to increment.");
        }

        var value = current.AsValue();
        if (value.TryGetValue<long>(out var whole) && _value.TryGetInt64(out var step)
            && (Int128)whole + step is var sum && sum >= long.MinValue && sum <= long.MaxValue)
        {
            return JsonValue.Create((long)sum);
        }

        return JsonValue.Create(value.GetValue<double>() + _value.GetDouble());
    }

    private static bool IsIndex(string name, int last, out int index) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && index <= last;

    private static string[] Path(string path)
    {
        if (path is not ['/', _, ..])
        {
            throw GatewayException.BadRequest($"'{path}' is no path to patch.");
        }

        return [.. path[1..].Split('/').Select(name =>
            name.Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal))];
    }

    private GatewayException Nowhere() => GatewayException.BadRequest(
        $"For '{_op}' there is nothing at /{string.Join('/', _path)}.");
}
