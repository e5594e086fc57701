using System.Globalization;
using System.Text;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>A visitor was forgotten at an offset: what its events below it have left behind is
/// gone, and events from it on are a new visitor's.</summary>
/// <param name="Visitor">The <see cref="StableHash"/> of the visitor's id.</param>
/// <param name="Offset">The offset of the partition.</param>
internal readonly record struct ForgetMark(ulong Visitor, long Offset);

/// <summary>
/// The visitors that were forgotten, in a file of their own beside the log, since the log cannot
/// be changed: whoever reads it again, after a restart or for a rebuild, forgets them again at the
/// same offsets. It holds hashes, not ids. Any thread.
/// </summary>
/// <remarks>One line a mark: partition, offset and hash. What a crash left half written is
/// cut. Marks that lie below all that retention has left of a partition are dropped at the next
/// start: that bounds it. To lose the file is to remember these visitors at the next rebuild.
/// </remarks>
internal sealed class ForgottenVisitors : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly List<ForgetMark>[] _marks;
    private long _soundBytes;

    /// <param name="path">The file; made where it is missing, with its folder.</param>
    /// <param name="firstOffsets">By partition, the first offset that is still in the log.</param>
    public ForgottenVisitors(string path, IReadOnlyList<long> firstOffsets)
    {
        _marks = [.. firstOffsets.Select(_ => new List<ForgetMark>())];
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (File.Exists(path) && Load(path, firstOffsets)) Rewrite(path);
        // Without a buffer: what a failed write leaves in one would be written by the next.
        _file = new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _soundBytes = _file.Length;
    }

    /// <summary>A partition's marks, in the order of their offsets.</summary>
    public IReadOnlyList<ForgetMark> MarksOf(int partition)
    {
        lock (_gate) return [.. _marks[partition]];
    }

    /// <summary>Whether a visitor's event lies below an offset at which it was forgotten.
    /// </summary>
    public bool Covers(int partition, VisitorId visitor, long offset)
    {
        lock (_gate)
        {
            var marks = _marks[partition];
            // Mostly there are none, or none that is later.
            if (marks.Count == 0 || marks[^1].Offset <= offset) return false;
            var hash = StableHash.Of(visitor.Value);
            return marks.Exists(mark => mark.Visitor == hash && mark.Offset > offset);
        }
    }

    /// <summary>Takes a mark in; it is durable when this returns.</summary>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public void Add(int partition, ForgetMark mark)
    {
        lock (_gate)
        {
            var line = Encoding.ASCII.GetBytes(LineOf(partition, mark));
            _file.SetLength(_soundBytes);
            _file.Seek(_soundBytes, SeekOrigin.Begin);
            _file.Write(line);
            _file.Flush(flushToDisk: true);
            _soundBytes += line.Length;
            _marks[partition].Add(mark);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Whether the file holds what need not be there.</summary>
    private bool Load(string path, IReadOnlyList<long> firstOffsets)
    {
        var text = File.ReadAllText(path, Encoding.ASCII);
        var sound = text.LastIndexOf('\n') + 1;
        var dropped = sound < text.Length;
        foreach (var line in text[..sound].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(line) is not { } read || read.Partition >= _marks.Length)
                throw new InvalidDataException($"{path}: '{line}' is no mark of this log.");
            if (read.Mark.Offset < firstOffsets[read.Partition]) dropped = true;
            else _marks[read.Partition].Add(read.Mark);
        }
        foreach (var marks in _marks) marks.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        return dropped;
    }

    private void Rewrite(string path)
    {
        var unfinished = path + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            for (var partition = 0; partition < _marks.Length; partition++)
            {
                foreach (var mark in _marks[partition])
                    file.Write(Encoding.ASCII.GetBytes(LineOf(partition, mark)));
            }
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    private static string LineOf(int partition, ForgetMark mark) => string.Create(
        CultureInfo.InvariantCulture, $"{partition} {mark.Offset} {mark.Visitor:x16}\n");

    private static (int Partition, ForgetMark Mark)? Parse(string line)
    {
        var parts = line.Split(' ');
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            && ulong.TryParse(
                parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var visitor)
            ? (at, new ForgetMark(visitor, to)) : null;
    }
}
