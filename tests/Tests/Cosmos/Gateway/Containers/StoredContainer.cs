using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>A container: its definition, and its items by physical partition.</summary>
internal sealed class StoredContainer
{
    private readonly int _databaseNumber;
    private readonly int _number;
    private long _items;
    private int _version;

    /// <param name="database">Name of the database.</param>
    /// <param name="databaseNumber">From 1.</param>
    /// <param name="number">From 1, within the database.</param>
    /// <param name="definition">What it is told to be.</param>
    /// <param name="partitions">How many physical partitions, at least 1.</param>
    /// <param name="now">Seconds since 1970.</param>
    public StoredContainer(
        string database, int databaseNumber, int number, ContainerDefinition definition,
        int partitions, long now)
    {
        Database = database;
        _databaseNumber = databaseNumber;
        _number = number;
        Rid = ResourceIds.Container(databaseNumber, number);
        Definition = definition;
        Timestamp = now;
        Partitions = new PhysicalPartition[partitions];
        var width = EffectivePartitionKey.End / (UInt128)partitions;
        for (var i = 0; i < partitions; i++)
        {
            Partitions[i] = new PhysicalPartition(
                i,
                width * (UInt128)i,
                i == partitions - 1 ? EffectivePartitionKey.End : width * (UInt128)(i + 1));
        }
    }

    public string Database { get; }

    public string Name => Definition.Id;

    public string Rid { get; }

    /// <summary>Replaced as a whole; read it once a request.</summary>
    public ContainerDefinition Definition { get; private set; }

    public long Timestamp { get; private set; }

    public PhysicalPartition[] Partitions { get; }

    /// <summary>The container's link by names, as the SDK knows it.</summary>
    public string Link => $"dbs/{Database}/colls/{Name}";

    public string SelfLink => $"dbs/{ResourceIds.Database(_databaseNumber)}/colls/{Rid}/";

    public string ETag => $"\"{_number:x8}-0000-0000-0000-{_version:x12}\"";

    /// <summary>A number for a new item; numbers grow.</summary>
    public ulong NextItem() => (ulong)Interlocked.Increment(ref _items);

    public string ItemRid(ulong item) => ResourceIds.Item(_databaseNumber, _number, item);

    /// <summary>The partition of a key, and where in it.</summary>
    public PhysicalPartition PartitionOf(PartitionKeyValue key, out string epk)
    {
        var hash = EffectivePartitionKey.Of(key);
        epk = EffectivePartitionKey.Text(hash);
        var width = EffectivePartitionKey.End / (UInt128)Partitions.Length;
        return Partitions[Math.Min((int)(hash / width), Partitions.Length - 1)];
    }

    /// <exception cref="GatewayException">There is no such range: 410.</exception>
    public PhysicalPartition PartitionById(string rangeId)
    {
        // Some requests name the container before the range: "rid,0".
        var id = rangeId[(rangeId.LastIndexOf(',') + 1)..];
        return int.TryParse(id, out var number) && number >= 0 && number < Partitions.Length
            ? Partitions[number]
            : throw new GatewayException(
                410, SubStatus.PartitionKeyRangeGone, $"There is no partition key range {id}.");
    }

    /// <exception cref="GatewayException">The service does not let this be changed.</exception>
    public void Replace(ContainerDefinition definition, long now)
    {
        if (definition.Id != Name
            || !JsonNode.DeepEquals(
                definition.Json["partitionKey"], Definition.Json["partitionKey"])
            || !JsonNode.DeepEquals(
                definition.Json["uniqueKeyPolicy"], Definition.Json["uniqueKeyPolicy"]))
        {
            throw GatewayException.BadRequest(
                "A container's id, partition key and unique keys stay as they are.");
        }

        Definition = definition;
        Timestamp = now;
        _version++;
    }

    public JsonObject Describe()
    {
        var json = Definition.Json.DeepClone().AsObject();
        json["_rid"] = Rid;
        json["_self"] = SelfLink;
        json["_etag"] = ETag;
        json["_ts"] = Timestamp;
        json["_docs"] = "docs/";
        json["_sprocs"] = "sprocs/";
        json["_triggers"] = "triggers/";
        json["_udfs"] = "udfs/";
        json["_conflicts"] = "conflicts/";
        return json;
    }

    /// <summary>The feed of the ranges, which never split here.</summary>
    public JsonObject DescribeRanges() => new()
    {
        ["_rid"] = Rid,
        ["PartitionKeyRanges"] = new JsonArray(
            [.. Partitions.Select(partition => new JsonObject
            {
                ["_rid"] = Rid,
                ["id"] = partition.Id,
                ["_etag"] = "\"0\"",
                ["minInclusive"] = partition.MinInclusive,
                ["maxExclusive"] = partition.MaxExclusive,
                ["ridPrefix"] = 0,
                ["_self"] = $"{SelfLink}pkranges/{partition.Id}/",
                ["throughputFraction"] = 1.0 / Partitions.Length,
                ["status"] = "online",
                ["parents"] = new JsonArray(),
                ["_ts"] = Timestamp,
                ["_lsn"] = 1,
            })]),
        ["_count"] = Partitions.Length,
    };
}
