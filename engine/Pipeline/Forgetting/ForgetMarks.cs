using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>A visitor was forgotten at an offset: what its events below it have left behind is
/// gone, and events from it on are a new visitor's.</summary>
/// <param name="Visitor">The <see cref="StableHash"/> of the visitor's id.</param>
/// <param name="Offset">The offset of the partition.</param>
internal readonly record struct ForgetMark(ulong Visitor, long Offset);

/// <summary>
/// Which visitors were forgotten at which offsets, for whoever reads the log: what lies below its
/// visitor's mark must be passed over. Not for several threads at once.
/// </summary>
/// <remarks>The file has one line a mark: partition, offset and hash, and <c>again</c> where it
/// takes the place of the visitor's mark before it. Each line is written whole or not at all, so
/// the file may be read while the service adds to it.</remarks>
public sealed class ForgetMarks
{
    private const string Again = "again";

    private readonly List<Partition> _partitions = [];

    private ForgetMarks()
    {
    }

    private sealed class Partition
    {
        public List<ForgetMark> Marks { get; } = [];

        public Dictionary<ulong, long> Newest { get; } = [];
    }

    /// <summary>Marks that are kept.</summary>
    internal int Count { get; private set; }

    /// <summary>Marks whose place others have taken; the file may still hold them.</summary>
    internal int ReplacedCount { get; private set; }

    /// <summary>One more than the highest partition that has had a mark.</summary>
    internal int PartitionCount => _partitions.Count;

    /// <summary>Reads a file, also beside the service that writes it.</summary>
    /// <param name="path">The file; where there is none, nobody was forgotten.</param>
    /// <exception cref="InvalidDataException">It is a file of something else.</exception>
    public static ForgetMarks Read(string path) => Read(path, out _);

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">The file.</param>
    /// <param name="isCut">Whether a crash has cut the last line, which is left out.</param>
    internal static ForgetMarks Read(string path, out bool isCut)
    {
        var marks = new ForgetMarks();
        var text = File.Exists(path) ? ReadText(path) : "";
        var sound = text.LastIndexOf('\n') + 1;
        isCut = sound < text.Length;
        foreach (var line in text[..sound].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!marks.TryAdd(line))
                throw new InvalidDataException($"{path}: '{line}' is no mark of this log.");
        }
        foreach (var partition in marks._partitions)
            partition.Marks.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        return marks;
    }

    /// <summary>Whether a visitor's event lies below an offset at which it was forgotten.
    /// </summary>
    public bool Covers(int partition, VisitorId visitor, long offset)
    {
        var marks = MarksOf(partition);
        // Mostly there are none, or none that is later.
        return !marks.IsEmpty && marks[^1].Offset > offset
            && NewestOf(partition, StableHash.Of(visitor.Value)) > offset;
    }

    /// <summary>A partition's marks, in the order of their offsets. Valid until the next change.
    /// </summary>
    internal ReadOnlySpan<ForgetMark> MarksOf(int partition) => partition < _partitions.Count
        ? CollectionsMarshal.AsSpan(_partitions[partition].Marks) : [];

    /// <summary>The offset of a visitor's newest mark; 0, which covers nothing, without one.
    /// </summary>
    internal long NewestOf(int partition, ulong visitor) => partition < _partitions.Count
        ? _partitions[partition].Newest.GetValueOrDefault(visitor) : 0;

    /// <summary>Takes a mark in, behind all others of its partition.</summary>
    /// <param name="at">The partition.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="replaces">Whether the visitor's mark before it goes.</param>
    internal void Add(int at, ForgetMark mark, bool replaces)
    {
        while (_partitions.Count <= at) _partitions.Add(new());
        var partition = _partitions[at];
        if (replaces && partition.Newest.TryGetValue(mark.Visitor, out var before)
            && partition.Marks.Remove(mark with { Offset = before }))
        {
            Count--;
            ReplacedCount++;
        }
        partition.Marks.Add(mark);
        partition.Newest[mark.Visitor] =
            Math.Max(mark.Offset, partition.Newest.GetValueOrDefault(mark.Visitor));
        Count++;
    }

    /// <summary>Drops a partition's marks below an offset, which cover nothing that is left.
    /// </summary>
    /// <returns>How many.</returns>
    internal int DropBelow(int at, long offset)
    {
        if (at >= _partitions.Count) return 0;
        var partition = _partitions[at];
        var dropped = partition.Marks.RemoveAll(mark => mark.Offset < offset);
        foreach (var (visitor, newest) in partition.Newest)
            if (newest < offset) partition.Newest.Remove(visitor);
        Count -= dropped;
        return dropped;
    }

    /// <summary>Forgets how many were replaced: the file was written anew.</summary>
    internal void ClearReplaced() => ReplacedCount = 0;

    /// <summary>All marks, as lines of the file.</summary>
    internal IEnumerable<byte[]> Lines() => _partitions.SelectMany((partition, at) =>
        partition.Marks.Select(mark => LineOf(at, mark, replaces: false)));

    internal static byte[] LineOf(int partition, ForgetMark mark, bool replaces) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{partition} {mark.Offset} {mark.Visitor:x16}{(replaces ? " " + Again : "")}\n"));

    private static string ReadText(string path)
    {
        using var reader = new StreamReader(
            new FileStream(path, FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete),
            Encoding.ASCII);
        return reader.ReadToEnd();
    }

    private bool TryAdd(string line)
    {
        var parts = line.Split(' ');
        var replaces = parts.Length == 4 && parts[3] == Again;
        if (parts.Length != 3 && !replaces
            || !ushort.TryParse(
                parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(
                parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || !ulong.TryParse(
                parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var visitor))
        {
            return false;
        }
        Add(partition, new(visitor, offset), replaces);
        return true;
    }
}
