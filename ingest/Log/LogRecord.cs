using System.Buffers.Binary;
using System.Numerics;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The form of a stored event, little-endian: length (4 bytes: all behind the checksum), CRC-32C
/// (4: over all else), offset (8), logged at (8: UTC ticks), flags (1), then the event by
/// <see cref="Events.EventCodec"/>.
/// </summary>
/// <remarks>
/// The checksum starts from the log's own seed, so that neither a record of another log nor one
/// that a sender builds inside a text of an event passes for a record of this log.
/// </remarks>
internal static class LogRecord
{
    public const int HeadBytes = 25;

    /// <summary>Bytes of a record, head included: far above an event's 64 KiB of JSON.</summary>
    public const int BytesLimit = 1 << 20;

    /// <summary>
    /// The first record of a group commit. A group is written only after the one before it was
    /// made durable: such a record proves that everything in front of it was.
    /// </summary>
    private const byte GroupStart = 1;

    private const int ChecksumAt = 4;
    private const int BodyAt = 8;

    /// <summary>What a record says about itself.</summary>
    /// <param name="Bytes">Its length, head included.</param>
    /// <param name="Offset">Its number in the partition.</param>
    /// <param name="LoggedAtTicks">UTC ticks.</param>
    /// <param name="StartsGroup">Whether it is the first of a group commit.</param>
    public readonly record struct Head(
        int Bytes, long Offset, long LoggedAtTicks, bool StartsGroup);

    /// <summary>Notes the length of a record whose event is already behind its head.</summary>
    public static void SetLength(Span<byte> record) =>
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - BodyAt);

    /// <summary>The whole length that a head notes; not checked.</summary>
    public static long LengthOf(ReadOnlySpan<byte> head) =>
        (long)BinaryPrimitives.ReadUInt32LittleEndian(head) + BodyAt;

    public static bool IsPlausible(long length) => length is > HeadBytes and <= BytesLimit;

    /// <summary>Gives a record its place and its checksum.</summary>
    public static void Stamp(
        Span<byte> record, long offset, long loggedAtTicks, bool startsGroup, uint seed)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record[BodyAt..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], loggedAtTicks);
        record[24] = startsGroup ? GroupStart : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumAt..], Checksum(record, seed));
    }

    /// <summary>
    /// False where the bytes, whose length is plausible, are not what was written.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> record, uint seed, out Head head)
    {
        head = new Head(
            record.Length,
            BinaryPrimitives.ReadInt64LittleEndian(record[BodyAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
            record[24] == GroupStart);
        return BinaryPrimitives.ReadUInt32LittleEndian(record[ChecksumAt..])
            == Checksum(record, seed);
    }

    /// <summary>
    /// Where the first record that starts a group and has an offset of
    /// <paramref name="fromOffset"/> or more lies in the bytes, at any position; -1 for nowhere.
    /// </summary>
    public static int FindGroupStart(ReadOnlySpan<byte> bytes, long fromOffset, uint seed)
    {
        // No more records than these lie between: it spares almost every checksum of a wrong guess.
        var offsetLimit = fromOffset + bytes.Length / HeadBytes + 1;
        for (var at = 0; at + HeadBytes < bytes.Length; at++)
        {
            var record = bytes[at..];
            var length = LengthOf(record);
            if (record[24] != GroupStart || !IsPlausible(length) || length > record.Length)
                continue;
            var offset = BinaryPrimitives.ReadInt64LittleEndian(record[BodyAt..]);
            if (offset < fromOffset || offset > offsetLimit) continue;
            if (TryRead(record[..(int)length], seed, out _)) return at;
        }
        return -1;
    }

    /// <summary>CRC-32C by the processor's instruction, eight bytes at a time.</summary>
    public static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var part in bytes) crc = BitOperations.Crc32C(crc, part);
        return crc;
    }

    private static uint Checksum(ReadOnlySpan<byte> record, uint seed) =>
        ~Crc32C(Crc32C(~seed, record[..ChecksumAt]), record[BodyAt..]);
}
