using System.Text.Json;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// What a log has to know of its hub before it can take an event, kept in a file beside the spill,
/// so that a service starts while the hub is away.
/// </summary>
/// <param name="Namespace">The namespace's host.</param>
/// <param name="Hub">The hub's name.</param>
/// <param name="PartitionCount">Its partitions, which decide where an event goes.</param>
internal sealed record KnownHub(string Namespace, string Hub, int PartitionCount)
{
    /// <summary>The file in the spill's directory.</summary>
    public const string FileName = "hub.json";

    /// <summary>What an earlier run has learnt; null where it is nothing, or of another hub.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read, or is not what was written.
    /// </exception>
    public static KnownHub? Find(string directory, string hubNamespace, string hub) =>
        Read(directory) is { } known && known.Is(hubNamespace, hub) ? known : null;

    /// <summary>Refuses a hub while events wait here for another one, or for partitions that it
    /// does not have: they would be lost, or come where nobody looks for them.</summary>
    /// <exception cref="IOException">Such events wait; says where, and what to do.</exception>
    public void CheckSpills(EventHubsOptions options, CancellationToken ct)
    {
        var partitions = HubSpill.FindPartitions(options);
        if (partitions.Count == 0) return;
        var before = Read(options.SpillDirectory);
        // With fewer partitions, each shopper's events may belong to another one.
        var isOther = before is not null
            && (!before.Is(Namespace, Hub) || before.PartitionCount > PartitionCount);
        var foreign = partitions
            .Where(partition => isOther || partition >= PartitionCount)
            .Where(partition => HubSpill.Inspect(options, partition, ct)
                is { Events: > 0 } or { Damage: not null })
            .Select(partition => HubSpill.DirectoryOf(options, partition)).ToList();
        if (foreign.Count == 0) return;
        var meant = before is null ? "another hub"
            : $"{before.Hub} in {before.Namespace} with {before.PartitionCount} partitions";
        throw new IOException(
            $"Events wait in {string.Join(", ", foreign)} for {meant}; {Hub} in {Namespace} " +
            $"has {PartitionCount}. Open the hub that they are for until it has got " +
            $"them, set another {EventHubsOptions.Section}:" +
            $"{nameof(EventHubsOptions.SpillDirectory)}, or remove these folders and lose them.");
    }

    private bool Is(string hubNamespace, string hub) => Namespace == hubNamespace && Hub == hub;

    private static KnownHub? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return JsonSerializer.Deserialize<KnownHub>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new IOException($"{path} is not what was written: remove it.", e);
        }
    }

    /// <summary>Makes it durable, where it is news.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) return;
        Directory.CreateDirectory(directory);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".new", path, overwrite: true);
        DiskDirectory.Sync(directory);
    }
}
