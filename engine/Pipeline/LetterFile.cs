using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Events of a partition that are kept apart, for a person to look at: one JSON line for each
/// event and each part of the graph that set it aside. An event that is read again after a crash
/// is written once. Bounded by lines and by bytes. The partition's thread writes; any thread may
/// remove a visitor's letters.
/// </summary>
public sealed class LetterFile : IDisposable
{
    /// <summary>Bytes of a file at most, unless it is told otherwise.</summary>
    public const long DefaultByteLimit = 256L * 1024 * 1024;

    // Longer than any line that is written here: what is longer is somebody else's.
    private const int LineByteLimit = 16 * 1024 * 1024;
    // A reason may quote the event; its beginning says enough.
    private const int ReasonLengthLimit = 1_000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly HashSet<(long Offset, string Projection)> _written = [];
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly int _partition;
    private readonly int _limit;
    private readonly long _byteLimit;
    private FileStream _file;
    private long _soundBytes;
    private bool _isUnsound;
    private bool _isUnflushed;

    /// <param name="path">The file; made where it is missing, with its folder.</param>
    /// <param name="partition">The partition's number.</param>
    /// <param name="limit">Lines at most; further letters are only counted.</param>
    /// <param name="byteLimit">Bytes at most; further letters are only counted.</param>
    public LetterFile(
        string path, int partition, int limit, long byteLimit = DefaultByteLimit)
    {
        (_path, _partition, _limit, _byteLimit) = (path, partition, limit, byteLimit);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = Open();
        LoadWritten();
    }

    /// <summary>Letters so far, those beyond the limits too.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a letter that is not there yet. An event that has no JSON form is written
    /// by its id alone.</summary>
    /// <param name="logged">The event.</param>
    /// <param name="projection">Who set it aside.</param>
    /// <param name="reason">Why; cut where it is long.</param>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public void Write(in LoggedEvent logged, string projection, string reason)
    {
        lock (_gate) WriteNew(logged, projection, reason);
    }

    /// <summary>Makes the letters durable; to be called before the offset behind them is.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_isUnflushed) return;
            _file.Flush(flushToDisk: true);
            _isUnflushed = false;
        }
    }

    /// <summary>How many letters hold events of a visitor.</summary>
    public int CountOf(VisitorId visitor)
    {
        lock (_gate) return ReadLines().Count(line => IsOf(line, visitor));
    }

    /// <summary>Removes a visitor's letters for good: the file is written anew without them, and
    /// put in its place as a whole. They stay counted and are not written again.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public int Forget(VisitorId visitor)
    {
        lock (_gate)
        {
            if (_isUnsound) _file.SetLength(_soundBytes);
            var count = ReadLines().Count(line => IsOf(line, visitor));
            if (count == 0) return 0;
            var unfinished = _path + ".new";
            using (var kept = new StreamWriter(unfinished) { NewLine = "\n" })
            {
                foreach (var line in ReadLines().Where(line => !IsOf(line, visitor)))
                    kept.WriteLine(line);
                kept.Flush();
                ((FileStream)kept.BaseStream).Flush(flushToDisk: true);
            }
            File.Move(unfinished, _path, overwrite: true);
            _file.Dispose();
            _file = Open();
            (_soundBytes, _isUnsound, _isUnflushed) = (_file.Length, false, false);
            return count;
        }
    }

    public void Dispose() => _file.Dispose();

    private FileStream Open() => new(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite,
        FileShare.ReadWrite, bufferSize: 0);

    // Shared with the stream that writes.
    private IEnumerable<string> ReadLines()
    {
        using var reader = new StreamReader(new FileStream(
            _path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line) yield return line;
    }

    private void WriteNew(in LoggedEvent logged, string projection, string reason)
    {
        if (_written.Contains((logged.Offset, projection))) return;
        Count++;
        if (_written.Count >= _limit || _soundBytes >= _byteLimit) return;

        WriteLine(logged, projection, reason);
        if (_soundBytes + _line.WrittenCount > _byteLimit) return;
        // From the end of the last whole line, over what a write that failed has left.
        if (_isUnsound) _file.SetLength(_soundBytes);
        _file.Seek(_soundBytes, SeekOrigin.Begin);
        (_isUnsound, _isUnflushed) = (true, true);
        _file.Write(_line.WrittenSpan);
        _isUnsound = false;
        _soundBytes += _line.WrittenCount;
        _written.Add((logged.Offset, projection));
    }

    private void WriteLine(in LoggedEvent logged, string projection, string reason)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line))
        {
            json.WriteStartObject();
            json.WriteNumber("partition", _partition);
            json.WriteNumber("offset", logged.Offset);
            json.WriteString("loggedAt", logged.LoggedAt);
            json.WriteString("projection", projection);
            json.WriteString("reason", Writable(
                reason.Length > ReasonLengthLimit ? reason[..ReasonLengthLimit] : reason));
            var isEvent = logged.Problem is null;
            if (isEvent && TryToText(logged.Event) is { } text) json.WriteString("event", text);
            else json.WriteString("id", Writable(logged.Event.Id.Value));
            json.WriteEndObject();
        }
        _line.Write("\n"u8);
    }

    private static string? TryToText(CommerceEvent e)
    {
        try
        {
            return CloudEventJson.ToText(e);
        }
        catch (Exception)
        {
            // Whatever it is about the event, it must not stop the partition.
            return null;
        }
    }

    /// <summary>A text without half characters, which JSON cannot hold.</summary>
    private static string Writable(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private void LoadWritten()
    {
        var buffer = new byte[64 * 1024];
        var (filled, skipped) = (0, 0L);
        int read;
        while ((read = _file.Read(buffer.AsSpan(filled))) > 0)
        {
            filled += read;
            var at = 0;
            // The line that a crash cut short is the last one; it is written again.
            while (buffer.AsSpan(at, filled - at).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (skipped == 0) Note(buffer.AsMemory(at, length));
                at += length + 1;
                _soundBytes += skipped + length + 1;
                skipped = 0;
            }
            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            filled -= at;
            if (filled < buffer.Length) continue;
            if (filled < LineByteLimit)
            {
                Array.Resize(ref buffer, 2 * filled);
                continue;
            }
            skipped += filled;
            filled = 0;
        }
        _isUnsound = _file.Length > _soundBytes;
    }

    /// <summary>Whether a line holds an event of a visitor; one that is no letter does not.
    /// </summary>
    private static bool IsOf(string line, VisitorId visitor)
    {
        try
        {
            using var letter = JsonDocument.Parse(line);
            if (!letter.RootElement.TryGetProperty("event", out var text)) return false;
            using var e = JsonDocument.Parse(text.GetString()!);
            return e.RootElement.GetProperty("data").GetProperty("visitorId").GetString()
                == visitor.Value;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            return false;
        }
    }

    private void Note(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var letter = JsonDocument.Parse(line);
            var key = (
                letter.RootElement.GetProperty("offset").GetInt64(),
                letter.RootElement.GetProperty("projection").GetString()!);
            if (_written.Count >= _limit || _written.Add(key)) Count++;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException)
        {
            // Someone has edited the file: the line stays, its letter may come again.
        }
    }
}
