using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace StreamCommerce.Models.Registry;

/// <summary>
/// The bytes of a model file: a header, a table of sections, the sections. All numbers are little
/// endian, so that a section can be used where it is mapped.
/// </summary>
/// <remarks>
/// <code>
/// header, 64 bytes           table, 64 bytes a section      sections
///  0  "SCMODEL" and 0         0  name, zeros behind it       in the order of the table, each
///  8  uint32 format version  32  uint64 where it starts      from a multiple of 64 bytes on
/// 12  uint32 sections        40  uint64 its bytes            (a cache line, and any SIMD load);
/// 16  uint64 bytes of file   48  uint64 its XxHash3          zeros between them
/// 24  uint64 table's XxHash3 56  zeros
/// 32  zeros
/// 56  uint64 XxHash3 of the 56 bytes before
/// </code>
/// Readers pass over sections that they do not know, so a new one needs no new format version. A
/// section that changes its meaning does.
/// </remarks>
internal static class ModelFileLayout
{
    public const int FormatVersion = 1;
    public const int HeaderBytes = 64;
    public const int EntryBytes = 64;
    public const int Alignment = 64;
    public const int NameLimit = 32;

    /// <summary>Far above what any model has; a larger number is damage.</summary>
    public const int SectionLimit = 256;

    private static ReadOnlySpan<byte> Magic => "SCMODEL\0"u8;

    public static bool IsSectionName(string name) =>
        name.Length is > 0 and <= NameLimit
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');

    public static long Aligned(long position) => (position + Alignment - 1) & -Alignment;

    public static byte[] Header(ReadOnlySpan<byte> table, long fileBytes)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header.AsSpan(12), (uint)(table.Length / EntryBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), (ulong)fileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(
            header.AsSpan(24), XxHash3.HashToUInt64(table));
        BinaryPrimitives.WriteUInt64LittleEndian(
            header.AsSpan(56), XxHash3.HashToUInt64(header.AsSpan(0, 56)));
        return header;
    }

    public static byte[] Table(IReadOnlyList<SectionEntry> entries)
    {
        var table = new byte[entries.Count * EntryBytes];
        for (var i = 0; i < entries.Count; i++)
        {
            var line = table.AsSpan(i * EntryBytes, EntryBytes);
            Encoding.ASCII.GetBytes(entries[i].Name, line);
            BinaryPrimitives.WriteUInt64LittleEndian(line[32..], (ulong)entries[i].Start);
            BinaryPrimitives.WriteUInt64LittleEndian(line[40..], (ulong)entries[i].Bytes);
            BinaryPrimitives.WriteUInt64LittleEndian(line[48..], entries[i].Hash);
        }
        return table;
    }

    /// <summary>Checks the header and the table.</summary>
    /// <param name="file">What the messages call the file.</param>
    /// <param name="start">The file's first bytes: header and table at least.</param>
    /// <param name="fileBytes">How long the file is.</param>
    /// <exception cref="ModelFileException">It is no model file, of another format version, cut
    /// short, or damaged.</exception>
    public static SectionEntry[] ReadTable(
        string file, ReadOnlySpan<byte> start, long fileBytes)
    {
        if (start.Length < HeaderBytes || !start[..8].SequenceEqual(Magic))
            throw new ModelFileException($"{file} is no model file. Train a model anew, or name " +
                "another file.");
        // Before the checksum: it may cover something else in another version.
        var version = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (version != FormatVersion) throw OtherVersion(file, version);
        if (BinaryPrimitives.ReadUInt64LittleEndian(start[56..])
            != XxHash3.HashToUInt64(start[..56]))
        {
            throw Damaged(file, "header", "its checksum does not match");
        }
        var expected = BinaryPrimitives.ReadUInt64LittleEndian(start[16..]);
        if (expected != (ulong)fileBytes)
        {
            throw new ModelFileException($"{file} has {fileBytes} bytes instead of {expected}: " +
                "it is cut short or still being copied. Fetch or publish it again.");
        }
        var count = BinaryPrimitives.ReadUInt32LittleEndian(start[12..]);
        if (count > SectionLimit || start.Length < HeaderBytes + (count * EntryBytes))
            throw Damaged(file, "table", $"it claims {count} sections");
        var table = start.Slice(HeaderBytes, (int)count * EntryBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(start[24..]) != XxHash3.HashToUInt64(table))
            throw Damaged(file, "table", "its checksum does not match");
        var entries = new SectionEntry[count];
        for (var i = 0; i < entries.Length; i++)
        {
            var line = table.Slice(i * EntryBytes, EntryBytes);
            entries[i] = new SectionEntry(
                Encoding.ASCII.GetString(line[..NameLimit].TrimEnd((byte)0)),
                BinaryPrimitives.ReadInt64LittleEndian(line[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(line[40..]),
                BinaryPrimitives.ReadUInt64LittleEndian(line[48..]));
            if (!entries[i].IsWithin(fileBytes))
                throw Damaged(file, entries[i].Name, "it does not lie within the file");
        }
        return entries;
    }

    public static ModelFileException Damaged(string file, string section, string problem) => new(
        $"{file}, section {section}: {problem}. The file is damaged: fetch or publish it again, " +
        "or train anew.");

    private static ModelFileException OtherVersion(string file, uint version) => new(
        $"{file} has format version {version}, this program reads {FormatVersion}. " +
        (version > FormatVersion
            ? "A newer program has written it: use that one, or train anew with this one."
            : "An older program has written it: train anew with this one."));
}

/// <summary>A line of a model file's table.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Start">Its first byte in the file.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Hash">Its XxHash3.</param>
internal readonly record struct SectionEntry(string Name, long Start, long Bytes, ulong Hash)
{
    public bool IsWithin(long fileBytes) =>
        Start >= 0 && Start % ModelFileLayout.Alignment == 0 && Bytes is >= 0 and <= int.MaxValue
        && Start <= fileBytes - Bytes;
}
