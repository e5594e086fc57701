using System.Buffers.Binary;
using System.Text;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Gives the same <see cref="string"/> for the same UTF-8 bytes, mostly: a direct-mapped cache of
/// fixed size, where a new text drives out the one in its place. Reading events without it spends
/// half its time in allocation. One thread at a time.
/// </summary>
public sealed class TextPool
{
    // 16,384 places of 8 bytes: the products and active visitors of one partition fit, and the
    // table stays inside the second-level cache.
    private const int PlaceBits = 14;
    private const int PooledLengthLimit = 64;

    private readonly string[] _places = new string[1 << PlaceBits];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > PooledLengthLimit) return Encoding.UTF8.GetString(utf8);
        ref var place = ref _places[PlaceOf(utf8)];
        if (place is not null && Ascii.Equals(utf8, place)) return place;
        return place = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>
    /// Mixes the length, the first and the last eight bytes: ids differ there, and a poor spread
    /// only costs a string. A sixth of the time of a hash over all bytes, eight times an event.
    /// </summary>
    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        ulong first = 0;
        ulong last = 0;
        if (utf8.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(utf8);
            last = BinaryPrimitives.ReadUInt64LittleEndian(utf8[^8..]);
        }
        else
        {
            foreach (var b in utf8) last = (last << 8) | b;
        }
        // Multiplication by odd constants, as in Fibonacci hashing; the high bits are the mixed.
        var mixed = ((first * 0x9E3779B97F4A7C15) ^ last ^ (ulong)utf8.Length) * 0xC2B2AE3D27D4EB4F;
        return (int)(mixed >> (64 - PlaceBits));
    }
}
