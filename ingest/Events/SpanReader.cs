using System.Buffers.Binary;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Reads little-endian fields, LEB128 numbers and length-prefixed texts one after another.
/// Every read past the end throws <see cref="FormatException"/>.
/// </summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool AtEnd => _at == _bytes.Length;

    public byte Byte() => Take(1)[0];

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>An unsigned LEB128 number of at most 64 bits.</summary>
    public ulong Number()
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return number;
        }
        throw new FormatException("A number has more than 64 bits.");
    }

    /// <summary>An unsigned LEB128 number of at most 32 bits.</summary>
    public uint Number32()
    {
        var number = Number();
        return number <= uint.MaxValue
            ? (uint)number : throw new FormatException("A number has more than 32 bits.");
    }

    /// <summary>
    /// How many parts follow, each of <paramref name="bytesEach"/> or more: never more than the
    /// bytes that are left can hold, so that a wrong count takes no memory.
    /// </summary>
    public int Count(int bytesEach)
    {
        var count = Number();
        return count <= (ulong)((_bytes.Length - _at) / bytesEach) ? (int)count : throw Short();
    }

    /// <summary>A text's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var length = Number();
        return length <= int.MaxValue ? Take((int)length) : throw Short();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at) throw Short();
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    private static FormatException Short() => new("The bytes end in the middle of a field.");
}
