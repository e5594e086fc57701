using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// Where a partition key lies among the physical partitions: the hash of the service's version 2,
/// which the SDK computes too, to group reads and to choose session tokens. It is MurmurHash3's
/// 128 bits for x64 (Austin Appleby, public domain) over the value's type and bytes, with the two
/// highest bits cleared, written in hexadecimal digits that sort as the number does.
/// </summary>
internal static class EffectivePartitionKey
{
    private const byte TypeUndefined = 0;
    private const byte TypeNull = 1;
    private const byte TypeFalse = 2;
    private const byte TypeTrue = 3;
    private const byte TypeNumber = 5;
    private const byte TypeString = 8;
    private const byte EndOfString = 0xFF;
    private const int StackBytes = 256;
    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    /// <summary>One past the highest hash.</summary>
    public static UInt128 End => UInt128.One << 126;

    public static UInt128 Of(PartitionKeyValue key)
    {
        var text = key.Text;
        switch (text)
        {
            case "{}":
                return Hash([TypeUndefined]);
            case "null":
                return Hash([TypeNull]);
            case "false":
                return Hash([TypeFalse]);
            case "true":
                return Hash([TypeTrue]);
        }

        if (text[0] != '"')
        {
            Span<byte> number = stackalloc byte[9];
            number[0] = TypeNumber;
            BinaryPrimitives.WriteDoubleLittleEndian(
                number[1..], double.Parse(text, CultureInfo.InvariantCulture));
            return Hash(number);
        }

        var chars = text.AsSpan(1);
        var length = Encoding.UTF8.GetByteCount(chars) + 2;
        var bytes = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        bytes[0] = TypeString;
        Encoding.UTF8.GetBytes(chars, bytes[1..]);
        bytes[^1] = EndOfString;
        return Hash(bytes);
    }

    /// <summary>The hash in the digits that ranges are written in.</summary>
    public static string Text(UInt128 hash) => hash.ToString("X32", CultureInfo.InvariantCulture);

    private static UInt128 Hash(ReadOnlySpan<byte> bytes)
    {
        var length = (ulong)bytes.Length;
        ulong h1 = 0, h2 = 0;
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            h1 ^= MixLow(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52dce729;
            h2 ^= MixHigh(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x38495ab5;
        }

        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        bytes.CopyTo(tail);
        h2 ^= MixHigh(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]));
        h1 ^= MixLow(BinaryPrimitives.ReadUInt64LittleEndian(tail));

        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = Finish(h1);
        h2 = Finish(h2);
        h1 += h2;
        h2 += h1;
        return new UInt128(h2, h1) & (End - 1);
    }

    private static ulong MixLow(ulong k) => BitOperations.RotateLeft(k * C1, 31) * C2;

    private static ulong MixHigh(ulong k) => BitOperations.RotateLeft(k * C2, 33) * C1;

    private static ulong Finish(ulong h)
    {
        h ^= h >> 33;
        h *= 0xff51afd7ed558ccd;
        h ^= h >> 33;
        h *= 0xc4ceb9fe1a85ec53;
        return h ^ (h >> 33);
    }
}
