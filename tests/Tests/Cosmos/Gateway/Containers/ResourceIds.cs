using System.Buffers.Binary;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// The ids that the service gives (<c>_rid</c>): 4 bytes for a database, 8 with a container, whose
/// highest bit is set, 16 with an item, whose last half byte is 0. The SDK takes them apart and
/// compares items by them.
/// </summary>
internal static class ResourceIds
{
    private const byte ContainerMark = 0x80;

    public static string Database(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return Text(bytes);
    }

    public static string Container(int database, int number)
    {
        Span<byte> bytes = stackalloc byte[8];
        Write(bytes, database, number);
        return Text(bytes);
    }

    /// <param name="database">Number of the database.</param>
    /// <param name="container">Number of the container.</param>
    /// <param name="item">Below 2^60; the SDK reads it with the lowest byte first.</param>
    public static string Item(int database, int container, ulong item)
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes, database, container);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], item);
        return Text(bytes);
    }

    /// <summary>The number of an item, from its id.</summary>
    /// <exception cref="FormatException">Not an item's id.</exception>
    public static ulong ItemOf(string rid)
    {
        var bytes = Convert.FromBase64String(rid.Replace('-', '/'));
        return bytes.Length == 16
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8))
            : throw new FormatException($"{rid} is no item's id.");
    }

    private static void Write(Span<byte> bytes, int database, int container)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes, database);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], container);
        bytes[4] |= ContainerMark;
    }

    private static string Text(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).Replace('/', '-');
}
