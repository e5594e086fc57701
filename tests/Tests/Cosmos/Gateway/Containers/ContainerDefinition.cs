using System.Text.Json;
using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>What a container is told to be. Immutable: a replace makes another.</summary>
internal sealed class ContainerDefinition
{
    private const int PathsLimit = 16;
    private const int UniqueKeysLimit = 10;

    private static readonly JsonDocument DefaultIndexing = JsonDocument.Parse(
        """
        {
          "indexingMode": "consistent",
          "automatic": true,
          "includedPaths": [ { "path": "/*" } ],
          "excludedPaths": [ { "path": "/\"_etag\"/?" } ]
        }
        """);

    private ContainerDefinition(JsonObject json)
    {
        Json = json;
        Id = json["id"]!.GetValue<string>();
        PartitionKeyPath = ReadPartitionKey(json);
        DefaultTtl = ReadTtl(json["defaultTtl"]);
        UniqueKeys = ReadUniqueKeys(json["uniqueKeyPolicy"]);
        Indexing = new IndexingRules(json["indexingPolicy"]!.AsObject());
    }

    /// <summary>As it is told back, without system properties.</summary>
    public JsonObject Json { get; }

    public string Id { get; }

    public IReadOnlyList<string> PartitionKeyPath { get; }

    /// <summary>In seconds; -1 where only items that say so expire, null where none do.</summary>
    public int? DefaultTtl { get; }

    /// <summary>Each is the paths that are unique together within a partition key.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> UniqueKeys { get; }

    public IndexingRules Indexing { get; }

    /// <exception cref="GatewayException">The service would refuse it.</exception>
    public static ContainerDefinition Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var json = JsonNode.Parse(body.Span)?.AsObject()
                ?? throw GatewayException.BadRequest("A container is a JSON object.");
            foreach (var name in SystemNames)
            {
                json.Remove(name);
            }

            ItemId.Check(json["id"]?.GetValue<string>());
            json["indexingPolicy"] ??= JsonNode.Parse(DefaultIndexing.RootElement.GetRawText());
            json["indexingPolicy"]!["includedPaths"] ??= new JsonArray();
            json["indexingPolicy"]!["excludedPaths"] ??= new JsonArray();
            return new ContainerDefinition(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw GatewayException.BadRequest($"The container is not well formed: {e.Message}");
        }
    }

    private static string[] SystemNames =>
        ["_rid", "_self", "_etag", "_ts", "_docs", "_sprocs", "_triggers", "_udfs", "_conflicts"];

    private static string[] ReadPartitionKey(JsonObject json)
    {
        if (json["partitionKey"] is not JsonObject key
            || key["paths"] is not JsonArray { Count: > 0 } paths)
        {
            throw GatewayException.BadRequest("A container needs a partition key path.");
        }

        if (paths.Count > 1 || (string?)key["kind"] is not (null or "Hash"))
        {
            throw GatewayException.NotSpoken("hierarchical partition keys");
        }

        // The SDK hashes as the definition says, and ranges here are those of version 2.
        if ((int?)key["version"] is 1)
        {
            throw GatewayException.NotSpoken("partition keys of version 1");
        }

        key["kind"] = "Hash";
        key["version"] = 2;
        return Path((string?)paths[0]);
    }

    private static int? ReadTtl(JsonNode? ttl) => (int?)ttl switch
    {
        null => null,
        -1 => -1,
        > 0 and var seconds => seconds,
        var other => throw GatewayException.BadRequest(
            $"defaultTtl is {other}, and neither -1 nor a positive number of seconds."),
    };

    private static List<IReadOnlyList<IReadOnlyList<string>>> ReadUniqueKeys(JsonNode? policy)
    {
        var keys = new List<IReadOnlyList<IReadOnlyList<string>>>();
        foreach (var key in policy?["uniqueKeys"]?.AsArray() ?? [])
        {
            var paths = key!["paths"]!.AsArray().Select(path => Path((string?)path)).ToArray();
            if (paths.Length is 0 or > PathsLimit)
            {
                throw GatewayException.BadRequest($"A unique key has 1 to {PathsLimit} paths.");
            }

            keys.Add(paths);
        }

        return keys.Count <= UniqueKeysLimit
            ? keys
            : throw GatewayException.BadRequest($"At most {UniqueKeysLimit} unique keys.");
    }

    private static string[] Path(string? path) =>
        path is ['/', _, ..] ? IndexingRules.Segments(path)
            : throw GatewayException.BadRequest($"'{path}' is no path: /name or /name/inner.");
}
