using System.Text.Json;
using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Cosmos.Gateway.Query;

namespace StreamCommerce.Tests.Cosmos.Gateway.Patch;

/// <summary>
/// A partial update: up to ten operations, applied in order, all or none, and maybe a condition on
/// the item as it is ("Partial document update in Azure Cosmos DB").
/// </summary>
internal sealed class PatchRequest : IDisposable
{
    private const int OperationsLimit = 10;

    private readonly JsonDocument _json;
    private readonly List<PatchOperation> _operations;
    private readonly QueryText? _condition;

    private PatchRequest(JsonDocument json, ContainerDefinition definition)
    {
        _json = json;
        var root = json.RootElement;
        _operations = [.. root.GetProperty("operations").EnumerateArray()
            .Select(operation => PatchOperation.Parse(operation, definition))];
        if (_operations.Count is 0 or > OperationsLimit)
        {
            throw GatewayException.BadRequest(
                $"A patch has 1 to {OperationsLimit} operations, and not {_operations.Count}.");
        }

        _condition = root.TryGetProperty("condition", out var condition)
            && condition.ValueKind == JsonValueKind.String
            ? QueryText.OfCondition(condition.GetString()!)
            : null;
    }

    /// <exception cref="GatewayException">Not a patch, or one that the service
    /// refuses.</exception>
    public static PatchRequest Parse(
        ReadOnlyMemory<byte> body, ContainerDefinition definition)
    {
        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(body);
            return new PatchRequest(json, definition);
        }
        catch (Exception e) when (
            e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            json?.Dispose();
            throw GatewayException.BadRequest($"The patch is not well formed: {e.Message}");
        }
    }

    public bool Holds(StoredItem item) => _condition is null || _condition.Matches(item);

    /// <summary>The item's next contents.</summary>
    /// <exception cref="GatewayException">A path leads nowhere.</exception>
    public ReadOnlyMemory<byte> Apply(StoredItem item)
    {
        var root = JsonObject.Create(item.Root)!;
        foreach (var operation in _operations)
        {
            operation.Apply(root);
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    public void Dispose() => _json.Dispose();
}
