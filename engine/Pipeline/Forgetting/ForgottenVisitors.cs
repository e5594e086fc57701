using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>
/// The visitors that were forgotten, in a file of their own beside the log, since the log cannot
/// be changed: whoever reads it again, after a restart or for a rebuild, forgets them again at the
/// same offsets. It holds hashes, not ids. Any thread.
/// </summary>
/// <remarks>
/// What a crash left half written is cut. Two things bound the file. Marks that lie below all that
/// retention has left of a partition are dropped at the next start. And a visitor has a second mark
/// only where events lie between the two: one who is forgotten again without having returned has
/// the old mark replaced, and the file is written anew when it is mostly such lines. To lose the
/// file is to remember these visitors at the next rebuild.
/// </remarks>
internal sealed class ForgottenVisitors : IDisposable
{
    /// <summary>Lines that were replaced and are still in the file, at most, while it has fewer
    /// others: below that, writing anew costs more than they do.</summary>
    public const int ReplacedLimit = 100;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly ForgetMarks _marks;
    private FileStream _file;
    private long _soundBytes;

    /// <param name="path">The file; made where it is missing, with its folder.</param>
    /// <param name="firstOffsets">By partition, the first offset that is still in the log.</param>
    /// <exception cref="InvalidDataException">It is no file of this log.</exception>
    public ForgottenVisitors(string path, IReadOnlyList<long> firstOffsets)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _marks = ForgetMarks.Read(path, out var mustWrite);
        if (_marks.PartitionCount > firstOffsets.Count)
        {
            throw new InvalidDataException(
                $"{path}: it has marks of more partitions than the log has.");
        }
        for (var partition = 0; partition < firstOffsets.Count; partition++)
            mustWrite |= _marks.DropBelow(partition, firstOffsets[partition]) > 0;
        _file = mustWrite || _marks.ReplacedCount > 0
            ? WriteAnew() : Open(_path, FileMode.OpenOrCreate);
        _soundBytes = _file.Length;
    }

    /// <summary>A partition's marks, in the order of their offsets.</summary>
    public IReadOnlyList<ForgetMark> MarksOf(int partition)
    {
        lock (_gate) return _marks.MarksOf(partition).ToArray();
    }

    /// <inheritdoc cref="ForgetMarks.Covers"/>
    public bool Covers(int partition, VisitorId visitor, long offset)
    {
        lock (_gate) return _marks.Covers(partition, visitor, offset);
    }

    /// <summary>Takes a mark in; it is durable when this returns.</summary>
    /// <param name="partition">Whose offset it is.</param>
    /// <param name="mark">Not below the partition's other marks.</param>
    /// <param name="replaces">Whether nothing came of the visitor since its mark before, whose
    /// place this one takes.</param>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public void Add(int partition, ForgetMark mark, bool replaces = false)
    {
        lock (_gate)
        {
            var newest = _marks.NewestOf(partition, mark.Visitor);
            // It covers all that there is; or there is nothing that a mark at 0 could cover.
            if (newest >= mark.Offset) return;
            replaces &= newest > 0;
            Append(ForgetMarks.LineOf(partition, mark, replaces));
            _marks.Add(partition, mark, replaces);
            if (_marks.ReplacedCount > Math.Max(ReplacedLimit, _marks.Count)) Compact();
        }
    }

    public void Dispose() => _file.Dispose();

    // Without a buffer: what a failed write leaves in one would be written by the next.
    private static FileStream Open(string path, FileMode mode) => new(
        path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Append(byte[] line)
    {
        _file.SetLength(_soundBytes);
        _file.Seek(_soundBytes, SeekOrigin.Begin);
        _file.Write(line);
        _file.Flush(flushToDisk: true);
        _soundBytes += line.Length;
    }

    private void Compact()
    {
        var compact = WriteAnew();
        _file.Dispose();
        _file = compact;
        _soundBytes = _file.Length;
    }

    // Stays open under its new name: were it opened once more, that could fail, and marks would
    // go on into the file that was replaced.
    private FileStream WriteAnew()
    {
        var unfinished = _path + ".new";
        var file = Open(unfinished, FileMode.Create);
        try
        {
            file.Write([.. _marks.Lines().SelectMany(line => line)]);
            file.Flush(flushToDisk: true);
            File.Move(unfinished, _path, overwrite: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        _marks.ClearReplaced();
        return file;
    }
}
