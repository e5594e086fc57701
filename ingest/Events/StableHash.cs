using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Hashes that are the same in every process and on every machine (xxHash's XXH3).
/// </summary>
public static class StableHash
{
    private const int StackBytes = 512;

    /// <summary>64 bits of a text, over its UTF-8.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        return XxHash3.HashToUInt64(Utf8(text, stack));
    }

    /// <summary>
    /// 128 bits that stand for an event of a visitor: no two of 2^50 events share them by
    /// accident.
    /// </summary>
    public static UInt128 OfEvent(CommerceEvent e)
    {
        // Over UTF-16, as the texts are in memory: nobody else needs to find the same hash.
        var source = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(e.Source.AsSpan()));
        var seed = XxHash3.HashToUInt64(
            MemoryMarshal.AsBytes(e.Visitor.Value.AsSpan()), (long)source);
        return XxHash128.HashToUInt128(
            MemoryMarshal.AsBytes(e.Id.Value.AsSpan()), (long)seed);
    }

    /// <summary>128 bits that stand for a text: no two of 2^50 texts share them by accident.
    /// </summary>
    public static UInt128 Fingerprint(ReadOnlySpan<char> text) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text));

    /// <summary>The partition of a visitor, 0 to <paramref name="partitionCount"/> - 1.</summary>
    public static int Partition(VisitorId visitor, int partitionCount) =>
        (int)(Of(visitor.Value) % (ulong)partitionCount);

    private static ReadOnlySpan<byte> Utf8(ReadOnlySpan<char> text, Span<byte> stack)
    {
        var limit = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = limit <= stack.Length ? stack : new byte[limit];
        return bytes[..Encoding.UTF8.GetBytes(text, bytes)];
    }
}
