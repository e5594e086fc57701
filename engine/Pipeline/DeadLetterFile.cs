using System.Buffers;
using System.Text.Json;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// A partition's dead letters: one JSON line for each event and projection that threw on it.
/// An event that is read again after a crash is written once. Owned by the partition's thread.
/// </summary>
public sealed class DeadLetterFile : IDisposable
{
    private readonly FileStream _file;
    private readonly HashSet<(long Offset, string Projection)> _written = [];
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly int _partition;
    private readonly int _limit;
    private long _soundBytes;

    /// <param name="path">The file; made where it is missing, with its folder.</param>
    /// <param name="partition">The partition's number.</param>
    /// <param name="limit">Lines at most; further letters are only counted.</param>
    public DeadLetterFile(string path, int partition, int limit)
    {
        _partition = partition;
        _limit = limit;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite,
            FileShare.ReadWrite, bufferSize: 0);
        LoadWritten();
    }

    /// <summary>Letters so far, those beyond the limit too.</summary>
    public long Count { get; private set; }

    public void Write(in LoggedEvent logged, string projection, Exception exception)
    {
        if (!_written.Contains((logged.Offset, projection))) Count++;
        else return;
        if (_written.Count >= _limit) return;

        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line))
        {
            json.WriteStartObject();
            json.WriteNumber("partition", _partition);
            json.WriteNumber("offset", logged.Offset);
            json.WriteString("loggedAt", logged.LoggedAt);
            json.WriteString("projection", projection);
            json.WriteString("reason", $"{exception.GetType().Name}: {exception.Message}");
            json.WriteString("event", CloudEventJson.ToText(logged.Event));
            json.WriteEndObject();
        }
        _line.Write("\n"u8);
        // From the end of the last whole line, over what a write that failed has left.
        _file.SetLength(_soundBytes);
        _file.Seek(_soundBytes, SeekOrigin.Begin);
        _file.Write(_line.WrittenSpan);
        _soundBytes += _line.WrittenCount;
        _written.Add((logged.Offset, projection));
    }

    /// <summary>Makes the letters durable; to be called before the offset behind them is.</summary>
    public void Flush() => _file.Flush(flushToDisk: true);

    public void Dispose() => _file.Dispose();

    private void LoadWritten()
    {
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        var at = 0;
        // The line that a crash cut short is the last one; it is written again.
        while (bytes.AsSpan(at).IndexOf((byte)'\n') is var length and >= 0)
        {
            try
            {
                using var letter = JsonDocument.Parse(bytes.AsMemory(at, length));
                _written.Add((
                    letter.RootElement.GetProperty("offset").GetInt64(),
                    letter.RootElement.GetProperty("projection").GetString()!));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException
                or InvalidOperationException)
            {
                // Someone has edited the file: the line stays, its letter may come again.
            }
            at += length + 1;
        }
        Count = _written.Count;
        _soundBytes = at;
    }
}
