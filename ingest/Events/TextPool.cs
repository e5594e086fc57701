using System.IO.Hashing;
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
    private const int PlaceCount = 1 << 14;
    private const int PooledLengthLimit = 64;

    private readonly string[] _places = new string[PlaceCount];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > PooledLengthLimit) return Encoding.UTF8.GetString(utf8);
        ref var place = ref _places[(int)XxHash3.HashToUInt64(utf8) & (PlaceCount - 1)];
        if (place is not null && Ascii.Equals(utf8, place)) return place;
        return place = Encoding.UTF8.GetString(utf8);
    }
}
