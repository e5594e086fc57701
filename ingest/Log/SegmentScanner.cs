using System.Buffers;

namespace StreamCommerce.Ingest.Log;

/// <summary>What <see cref="SegmentScanner.Next"/> found.</summary>
internal enum ScanResult
{
    Record,
    End,
    Bad,
}

/// <summary>
/// Reads a segment's records one after another in large sequential reads and checks each. It never
/// reads past the limit that it is given, so it sees only what its caller knows to be durable.
/// One thread at a time; owns its file.
/// </summary>
internal sealed class SegmentScanner(ILogFile file, uint seed) : IDisposable
{
    // Long enough for any record, and for the system's read-ahead to keep up.
    private const int BufferBytes = LogRecord.BytesLimit;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>Where the next record starts in the file.</summary>
    public long Position { get; private set; } = SegmentHeader.Bytes;

    /// <summary>
    /// What is wrong at <see cref="Position"/>, after <see cref="ScanResult.Bad"/>.
    /// </summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads the next record, or stays where it is.</summary>
    /// <param name="limit">The bytes of the file that may be read.</param>
    /// <param name="expectedOffset">The offset that the record must have.</param>
    /// <param name="head">The record's head.</param>
    /// <param name="payload">The event's bytes, valid until the next call.</param>
    public ScanResult Next(
        long limit, long expectedOffset, out LogRecord.Head head, out ReadOnlySpan<byte> payload)
    {
        head = default;
        payload = default;
        if (Position >= limit) return ScanResult.End;
        if (!Have(LogRecord.HeadBytes, limit)) return Bad("the file ends inside a record's head");
        var length = LogRecord.LengthOf(_buffer.AsSpan(_start, LogRecord.HeadBytes));
        if (!LogRecord.IsPlausible(length)) return Bad($"a record claims {length} bytes");
        if (!Have((int)length, limit)) return Bad("the file ends inside a record");
        var record = _buffer.AsSpan(_start, (int)length);
        if (!LogRecord.TryRead(record, seed, out head)) return Bad("the checksum does not match");
        if (head.Offset != expectedOffset)
            return Bad($"the record has offset {head.Offset} instead of {expectedOffset}");
        payload = record[LogRecord.HeadBytes..];
        _start += (int)length;
        Position += length;
        return ScanResult.Record;
    }

    public void Dispose()
    {
        file.Dispose();
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private ScanResult Bad(string problem)
    {
        Problem = problem;
        return ScanResult.Bad;
    }

    private bool Have(int count, long limit)
    {
        if (_end - _start >= count) return true;
        if (limit - Position < count) return false;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        var wanted = (int)Math.Min(BufferBytes - _end, limit - Position - _end);
        _end += file.Read(_buffer.AsSpan(_end, wanted), Position + _end);
        return _end >= count;
    }
}
