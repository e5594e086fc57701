using System.Globalization;
using System.Text;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The consumers' notes, a small file for each consumer and partition, replaced by a rename. They
/// are not flushed: after a power cut an older one or none is found, and the consumer repeats. A
/// checksum tells a torn one, which counts as none. Any thread; one consumer commits a
/// partition's notes one after another.
/// </summary>
internal sealed class CheckpointFiles(string directory)
{
    private const string Unfinished = ".new";

    private readonly Lock _gate = new();

    /// <summary>Where they are, in a log's directory.</summary>
    public static string In(string logDirectory) => Path.Combine(logDirectory, "checkpoints");

    public void Commit(ConsumerCheckpoint note)
    {
        var path = Path.Combine(directory, FileName(note));
        lock (_gate)
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(path + Unfinished, Text(note));
            File.Move(path + Unfinished, path, overwrite: true);
        }
    }

    /// <summary>All of them, by consumer and partition.</summary>
    public IReadOnlyList<ConsumerCheckpoint> ReadAll()
    {
        if (!Directory.Exists(directory)) return [];
        var notes = new List<ConsumerCheckpoint>();
        lock (_gate)
        {
            foreach (var path in Directory.EnumerateFiles(directory))
            {
                if (!path.EndsWith(Unfinished, StringComparison.Ordinal)
                    && Read(path) is { } note)
                {
                    notes.Add(note);
                }
            }
        }
        return [.. notes.OrderBy(note => note.Consumer, StringComparer.Ordinal)
            .ThenBy(note => note.Partition)];
    }

    // consumer.partition: a consumer's name may hold points itself, a partition none.
    private static string FileName(ConsumerCheckpoint note) =>
        string.Create(CultureInfo.InvariantCulture, $"{note.Consumer}.{note.Partition:D2}");

    private static string Text(ConsumerCheckpoint note)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{note.NextOffset}");
        var checksum = LogRecord.Crc32C(0, Encoding.UTF8.GetBytes($"{FileName(note)} {text}"));
        return string.Create(CultureInfo.InvariantCulture, $"{text} {checksum:x8}\n");
    }

    private static ConsumerCheckpoint? Read(string path)
    {
        var name = Path.GetFileName(path);
        var point = name.LastIndexOf('.');
        var text = File.ReadAllText(path);
        if (point < 1
            || !int.TryParse(name.AsSpan(point + 1), CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var next))
        {
            return null;
        }
        var note = new ConsumerCheckpoint(name[..point], number, next);
        return Text(note) == text ? note : null;
    }
}
