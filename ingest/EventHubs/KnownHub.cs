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
    public static KnownHub? Read(string directory, string hubNamespace, string hub)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            var known = JsonSerializer.Deserialize<KnownHub>(File.ReadAllBytes(path));
            return known == new KnownHub(hubNamespace, hub, known?.PartitionCount ?? 0)
                ? known : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
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
