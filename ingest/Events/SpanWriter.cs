using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Writes little-endian fields, LEB128 numbers and length-prefixed texts one after another, what
/// <see cref="SpanReader"/> reads. It asks the output for room rarely, since that call costs more
/// than a field; <see cref="Finish"/> hands over the last bytes.
/// </summary>
internal ref struct SpanWriter(IBufferWriter<byte> output)
{
    // Most events fit, so most ask once.
    private const int RoomBytes = 256;

    private Span<byte> _room = output.GetSpan(RoomBytes);
    private int _at;

    public void Byte(byte value)
    {
        Reserve(1);
        _room[_at++] = value;
    }

    public void Int64(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(_room[_at..], value);
        _at += 8;
    }

    /// <summary>An unsigned LEB128 number.</summary>
    public void Number(ulong number)
    {
        Reserve(10);
        for (; number >= 0x80; number >>= 7) _room[_at++] = (byte)(number | 0x80);
        _room[_at++] = (byte)number;
    }

    public void Text(string text)
    {
        // A byte a character for ASCII, and one length byte, is by far the common case.
        if (text.Length < 0x80)
        {
            Reserve(1 + text.Length);
            if (Ascii.FromUtf16(text, _room[(_at + 1)..], out var written) == OperationStatus.Done)
            {
                _room[_at] = (byte)written;
                _at += 1 + written;
                return;
            }
        }
        var bytes = Encoding.UTF8.GetByteCount(text);
        Number((ulong)bytes);
        Reserve(bytes);
        _at += Encoding.UTF8.GetBytes(text, _room[_at..]);
    }

    public readonly void Finish() => output.Advance(_at);

    private void Reserve(int count)
    {
        if (_room.Length - _at >= count) return;
        output.Advance(_at);
        _room = output.GetSpan(Math.Max(count, RoomBytes));
        _at = 0;
    }
}
