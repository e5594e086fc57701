using System.Buffers.Binary;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// A partition's note of how far its active segment is durable and acknowledged. It is written
/// after the segment's flush and before the acknowledgement, and not flushed itself: it outlives
/// the process, so that recovery after a kill knows exactly what must be there. After a power cut
/// an older note is found, which promises less and nothing wrong. The writer's thread only.
/// </summary>
internal sealed class DurableMark(ILogFile file, uint seed) : IDisposable
{
    public const string FileName = "mark";

    private const int Bytes = 20;

    private readonly byte[] _bytes = new byte[Bytes];

    /// <summary>
    /// The segment's first offset and its durable length; null where none is noted.
    /// </summary>
    public static (long Segment, long Length)? Read(ILogFile file, uint seed)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (file.Read(bytes, 0) < Bytes) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) != Checksum(bytes, seed))
            return null;
        return (BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
    }

    public void Note(long segment, long length)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes, segment);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(8), length);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(16), Checksum(_bytes, seed));
        file.Write([_bytes], 0);
    }

    public void Flush() => file.Flush();

    public void Dispose() => file.Dispose();

    private static uint Checksum(ReadOnlySpan<byte> bytes, uint seed) =>
        ~LogRecord.Crc32C(~seed, bytes[..16]);
}
