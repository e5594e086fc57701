using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Engine.Storage.Cosmos.Groups;

/// <summary>That a member of a consumer group owns a partition.</summary>
internal sealed record OwnerDocument
{
    public const string TypeName = "owner";

    /// <summary><c>owner:</c> and the partition's id, escaped.</summary>
    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    /// <summary>Log and group: the partition key.</summary>
    public required string Group { get; init; }

    public required string Partition { get; init; }

    /// <summary>Who; empty where it was given back.</summary>
    public required string Owner { get; init; }

    /// <summary>The account's: its version.</summary>
    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>The account's: seconds since 1970 of the last write, rounded down.</summary>
    [JsonPropertyName("_ts")]
    public long? Seconds { get; init; }

    public static string IdOf(string partition) => DocumentId.Join(TypeName, partition);

    // A second later rather than earlier: nobody is robbed before its time.
    public PartitionOwner ToOwner() => new(
        Partition, Owner, DateTimeOffset.FromUnixTimeSeconds((Seconds ?? 0) + 1), ETag ?? "");
}

/// <summary>How far a consumer group has come in a partition.</summary>
internal sealed record PlaceDocument
{
    public const string TypeName = "place";

    /// <summary><c>place:</c> and the partition's id, escaped.</summary>
    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    /// <summary>Log and group: the partition key.</summary>
    public required string Group { get; init; }

    /// <summary>The log, to find all its groups by.</summary>
    public required string Log { get; init; }

    /// <summary>The group's own name.</summary>
    public required string Name { get; init; }

    public required string Partition { get; init; }

    /// <summary>-1 for none. No partition comes to 2^53 events, where JSON numbers end.</summary>
    public long? SequenceNumber { get; init; }

    public string? Offset { get; init; }

    public required string Author { get; init; }

    public DateTimeOffset At { get; init; }

    public static string IdOf(string partition) => DocumentId.Join(TypeName, partition);

    public GroupPlace ToPlace() => new(Partition, SequenceNumber, Offset, Author) { At = At };
}
