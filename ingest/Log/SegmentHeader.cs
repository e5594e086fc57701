using System.Buffers.Binary;
using System.Globalization;

namespace StreamCommerce.Ingest.Log;

/// <summary>The first bytes of a segment file: whose it is and where it stands.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="FirstOffset">The offset of its first record; the file's name says it too.</param>
/// <param name="FormerLoggedAtTicks">
/// When the last record of the segment before it was logged, in UTC ticks: retention by time then
/// needs no look into that one.
/// </param>
internal readonly record struct SegmentHeader(
    int Partition, long FirstOffset, long FormerLoggedAtTicks)
{
    public const int Bytes = 40;

    private const string Extension = ".seg";
    private const int ChecksumAt = Bytes - 4;

    // "SCSEG" and the format's version.
    private static ReadOnlySpan<byte> Magic => [0x53, 0x43, 0x53, 0x45, 0x47, 0, 0, 1];

    public byte[] ToBytes(uint seed)
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), FirstOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), FormerLoggedAtTicks);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), Partition);
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(ChecksumAt), Checksum(bytes, seed));
        return bytes;
    }

    /// <summary>
    /// Null where the file does not start with the header that its place asks for.
    /// </summary>
    public static SegmentHeader? Read(ILogFile file, int partition, long firstOffset, uint seed)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (file.Read(bytes, 0) < Bytes || !bytes[..8].SequenceEqual(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Checksum(bytes, seed))
            return null;
        var header = new SegmentHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        return header.Partition == partition && header.FirstOffset == firstOffset ? header : null;
    }

    public static string FileName(long firstOffset) =>
        firstOffset.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The first offsets of the segments among the file names, ascending.</summary>
    public static List<long> FirstOffsets(IEnumerable<string> fileNames) =>
    [
        .. fileNames
            .Where(name => name.Length == 20 + Extension.Length
                && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => long.TryParse(name.AsSpan(0, 20), NumberStyles.None,
                CultureInfo.InvariantCulture, out var first) ? first : -1)
            .Where(first => first >= 0)
            .Order(),
    ];

    private static uint Checksum(ReadOnlySpan<byte> bytes, uint seed) =>
        ~LogRecord.Crc32C(~seed, bytes[..ChecksumAt]);
}
