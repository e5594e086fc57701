using System.Globalization;
using Azure.Messaging.EventHubs.Primitives;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Which instance owns a partition, and how far a consumer group has come in it. The client
/// library's port, with a list in addition. An ownership is taken only where its version is the
/// one that was read; of checkpoints the last one wins.
/// </summary>
/// <remarks>Names of namespaces, hubs and groups are kept in lower case, as the official stores
/// do. Faults are <see cref="IOException"/>. Any thread.</remarks>
public abstract class HubCheckpoints : CheckpointStore
{
    /// <summary>In an offset's place where only the sequence number is known; the official
    /// clients' text.</summary>
    internal const string NoOffset = "no offset";

    /// <summary>Every group's checkpoints of a hub that say a sequence number, by group and
    /// partition.</summary>
    public abstract ValueTask<IReadOnlyList<HubCheckpoint>> ListCheckpointsAsync(
        string fullyQualifiedNamespace, string eventHubName, CancellationToken ct);

    /// <summary>Where the blobs of a group are: <c>namespace/hub/group/</c>.</summary>
    private protected static string FolderOf(string fqns, string hub, string group) =>
        string.Create(CultureInfo.InvariantCulture, $"{fqns}/{hub}/{group}/").ToLowerInvariant();
}

/// <summary>A consumer group's place in a partition.</summary>
/// <param name="ConsumerGroup">The group, in lower case.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="SequenceNumber">The last event that is handled; -1: none.</param>
public readonly record struct HubCheckpoint(
    string ConsumerGroup, int Partition, long SequenceNumber);
