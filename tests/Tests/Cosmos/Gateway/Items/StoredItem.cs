using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// One version of an item. Its contents never change; its place in the order of changes belongs to
/// the partition, under whose gate it is moved.
/// </summary>
internal sealed class StoredItem
{
    private JsonDocument? _parsed;

    public required string Id { get; init; }

    public required PartitionKeyValue Key { get; init; }

    /// <summary>The key's place among the ranges, in hexadecimal digits.</summary>
    public required string Epk { get; init; }

    /// <summary>With system properties.</summary>
    public required byte[] Json { get; init; }

    public required string ETag { get; init; }

    /// <summary>Stays with the item through all its versions.</summary>
    public required ulong Number { get; init; }

    /// <summary>The number of the change that made this version, in its partition.</summary>
    public required long Lsn { get; init; }

    /// <summary>Seconds since 1970, as in <c>_ts</c>.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Seconds since 1970 from which it is gone; <see cref="long.MaxValue"/> if
    /// never.</summary>
    public required long Expires { get; init; }

    /// <summary>The values of the container's unique keys, as one text each.</summary>
    public required IReadOnlyList<string> UniqueValues { get; init; }

    /// <summary>Set by the partition only.</summary>
    public LinkedListNode<StoredItem>? Place { get; set; }

    /// <summary>Parsed once, when a query first looks.</summary>
    public JsonElement Root => (_parsed ??= JsonDocument.Parse(Json)).RootElement;

    public bool IsAlive(long now) => now < Expires;
}
