using System.Buffers.Binary;
using System.Text;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// Reads one section that <see cref="StateWriter"/> wrote. Reading past its end throws
/// <see cref="FormatException"/>.
/// </summary>
public sealed class StateReader(
    ReadOnlyMemory<byte> section, ProductIndex products, VisitorIndex visitors)
{
    private readonly List<int> _referenced = [];
    private int _at;

    public ulong ReadNumber()
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return number;
        }
        throw new FormatException("A number of the state has more than 64 bits.");
    }

    public int ReadCount() => checked((int)ReadNumber());

    public long ReadSigned()
    {
        var number = ReadNumber();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public decimal ReadDecimal()
    {
        Span<int> bits = stackalloc int[4];
        for (var i = 0; i < 4; i++) bits[i] = (int)(uint)ReadNumber();
        return new decimal(bits);
    }

    public string ReadText() => Encoding.UTF8.GetString(Take(ReadCount()));

    /// <summary>A product, as its number in this process; -1 where the index is full.</summary>
    public int ReadProduct()
    {
        var reference = ReadCount();
        if (reference > 0) return _referenced[reference - 1];
        var product = products.Resolve(new Sku(ReadText()));
        _referenced.Add(product);
        return product;
    }

    /// <summary>A visitor, as its number in this process.</summary>
    public int ReadVisitor() => visitors.Restore(new VisitorId(ReadText()));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > section.Length - _at)
            throw new FormatException("The state ends in the middle of a field.");
        var taken = section.Span.Slice(_at, count);
        _at += count;
        return taken;
    }
}
