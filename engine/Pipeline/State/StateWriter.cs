using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// Writes a projection's state. Products and visitors, whose numbers are only valid in one
/// process, are written as their texts: once in a section, by reference afterwards.
/// </summary>
/// <param name="products">Names the products.</param>
/// <param name="visitors">Names the visitors.</param>
/// <param name="capacity">Bytes to expect: a guess spares copies.</param>
public sealed class StateWriter(
    ProductIndex products, VisitorIndex visitors, int capacity = 64 * 1024)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(capacity);
    // Product number → its reference in this section plus one; 0 where it was not yet written.
    private int[] _references = [];
    private readonly List<int> _referenced = [];

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Starts again, with a new section.</summary>
    public void Clear()
    {
        _buffer.ResetWrittenCount();
        StartSection();
    }

    /// <summary>Starts a new section behind what is written: products are named anew.</summary>
    public void StartSection()
    {
        foreach (var product in _referenced) _references[product] = 0;
        _referenced.Clear();
    }

    /// <summary>An unsigned number as LEB128.</summary>
    public void WriteNumber(ulong number)
    {
        var span = _buffer.GetSpan(10);
        var i = 0;
        for (; number >= 0x80; number >>= 7) span[i++] = (byte)(number | 0x80);
        span[i++] = (byte)number;
        _buffer.Advance(i);
    }

    /// <summary>A number from 0.</summary>
    public void WriteCount(int count) => WriteNumber((ulong)count);

    /// <summary>A number that may be negative (zigzag).</summary>
    public void WriteSigned(long number) =>
        WriteNumber(((ulong)number << 1) ^ (ulong)(number >> 63));

    /// <summary>Leaves room for a number that <see cref="FillUInt64"/> fills in later.</summary>
    /// <returns>Its place.</returns>
    public int ReserveUInt64()
    {
        var place = _buffer.WrittenCount;
        WriteUInt64(0);
        return place;
    }

    public void FillUInt64(int place, ulong number) => BinaryPrimitives.WriteUInt64LittleEndian(
        MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span[place..], number);

    public void WriteDouble(double number)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(8), number);
        _buffer.Advance(8);
    }

    public void WriteUInt64(ulong number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), number);
        _buffer.Advance(8);
    }

    public void WriteDecimal(decimal number)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        foreach (var part in bits) WriteNumber((uint)part);
    }

    public void WriteText(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most < 0x80)
        {
            // Its length is one byte whatever it comes to, so that it need not be known before.
            var span = _buffer.GetSpan(1 + most);
            var written = Encoding.UTF8.GetBytes(text, span[1..]);
            span[0] = (byte)written;
            _buffer.Advance(1 + written);
            return;
        }
        var bytes = Encoding.UTF8.GetByteCount(text);
        WriteCount(bytes);
        _buffer.Advance(Encoding.UTF8.GetBytes(text, _buffer.GetSpan(bytes)));
    }

    /// <summary>A product by its number in this partition.</summary>
    public void WriteProduct(int product)
    {
        if (product >= _references.Length)
            Array.Resize(ref _references, Math.Max(products.Count, product + 1));
        if (_references[product] is var reference and > 0)
        {
            WriteCount(reference);
            return;
        }
        _referenced.Add(product);
        _references[product] = _referenced.Count;
        WriteCount(0);
        WriteText(products[product].Value);
    }

    /// <summary>A visitor by its number in this partition.</summary>
    public void WriteVisitor(int visitor) => WriteText(visitors[visitor].Value);
}
