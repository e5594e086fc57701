using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Which partition the service puts a partition key into: 16 bits of Bob Jenkins' lookup3
/// (public domain, 2006) over the key's UTF-8 bytes. The official clients' buffered producers
/// place keys themselves in the same way; a test compares.
/// </summary>
internal static class PartitionKeyHash
{
    private const int BlockBytes = 12;
    private const int StackBytes = 512;

    /// <summary>0 to <paramref name="partitionCount"/> - 1.</summary>
    public static int PartitionOf(string key, int partitionCount)
    {
        var limit = Encoding.UTF8.GetMaxByteCount(key.Length);
        var bytes = limit <= StackBytes ? stackalloc byte[StackBytes] : new byte[limit];
        return Math.Abs(Of(bytes[..Encoding.UTF8.GetBytes(key, bytes)]) % partitionCount);
    }

    private static short Of(ReadOnlySpan<byte> key)
    {
        var a = 0xdeadbeef + (uint)key.Length;
        var (b, c) = (a, a);
        if (key.Length == 0) return (short)(b ^ c);
        for (; key.Length > BlockBytes; key = key[BlockBytes..])
        {
            Add(key, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
        }
        Span<byte> last = stackalloc byte[BlockBytes];
        last.Clear();
        key.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        Finish(ref a, ref b, ref c);
        return (short)(b ^ c);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(block);
        b += BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        Turn(ref a, ref c, b, 4);
        Turn(ref b, ref a, c, 6);
        Turn(ref c, ref b, a, 8);
        Turn(ref a, ref c, b, 16);
        Turn(ref b, ref a, c, 19);
        Turn(ref c, ref b, a, 4);
    }

    private static void Turn(ref uint x, ref uint y, uint z, int bits)
    {
        x = (x - y) ^ BitOperations.RotateLeft(y, bits);
        y += z;
    }

    private static void Finish(ref uint a, ref uint b, ref uint c)
    {
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        c = (c ^ b) - BitOperations.RotateLeft(b, 24);
    }
}
