using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>A saved section: the state of one <see cref="State.ICheckpointed"/>, or its changes.
/// </summary>
public sealed record StateSection(
    string Name, int Version, bool IsEverything, ReadOnlyMemory<byte> Bytes);

/// <summary>All sections at one offset of the log: either the whole frame counts, or nothing.
/// </summary>
public sealed record StateFrame(long NextOffset, IReadOnlyList<StateSection> Sections);

/// <summary>
/// The file in which a partition's state is saved with the offset it has reached. A frame of
/// changes is appended at each checkpoint; when the changes outgrow the state, everything is
/// written anew and put in place by a rename. A frame counts only when its checksum holds, so a
/// crash while writing leaves the frame before it.
/// </summary>
public sealed class PartitionStateFile : IDisposable
{
    private const uint Magic = 0x53_43_46_31; // "SCF1"
    private const int HeaderBytes = 16;
    // Below it rewriting costs less than the bookkeeping is worth.
    private const long SmallBytes = 4 * 1024 * 1024;

    // What an event of a new shop leaves in a frame, about.
    private const double EventBytes = 48;

    private readonly string _path;
    private FileStream? _file;
    private long _fullBytes;
    private long _soundBytes;
    private long _lastBytes;

    public PartitionStateFile(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Whether the next save should be of everything.</summary>
    public bool WantsEverything =>
        _file is null || _soundBytes > SmallBytes && _soundBytes > 3 * _fullBytes;

    /// <summary>
    /// The frames to load, in order: one of everything, then changes. Empty where there is no
    /// file. Read one by one, so that only one is in memory; what a crash left half written at the
    /// end is cut once the last is taken. Where not all are taken, the next save writes anew.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no state file, or its first frame is
    /// damaged: the state must be rebuilt from the log.</exception>
    public IEnumerable<StateFrame> Load()
    {
        if (!File.Exists(_path)) yield break;
        var file = OpenFile(_path, FileMode.Open);
        try
        {
            var at = 0L;
            while (ReadFrame(file, at, out var length) is { } frame)
            {
                if (at == 0) _fullBytes = length;
                else _lastBytes = length;
                at += length;
                yield return frame;
            }
            if (at == 0) throw new InvalidDataException($"{_path} holds no sound state.");
            file.SetLength(at);
            _soundBytes = at;
            (_file, file) = (file, null);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>How large the next frame may be: from those before, or else from the events.
    /// </summary>
    /// <param name="everything">Whether it is one of everything.</param>
    /// <param name="events">Events since the frame before.</param>
    public int ExpectedBytes(bool everything, int events)
    {
        var before = everything ? _fullBytes : _lastBytes;
        return (int)Math.Clamp(
            before > 0 ? 1.25 * before : EventBytes * events, 64 * 1024, int.MaxValue / 2);
    }

    /// <summary>Writes a frame, in the only copy that is made of it.</summary>
    /// <param name="output">Empty.</param>
    /// <param name="nextOffset">The offset that the state has reached.</param>
    /// <param name="states">What to save.</param>
    /// <param name="everything">All of their state, not only the changes.</param>
    public static void WriteFrame(
        StateWriter output, long nextOffset, IReadOnlyList<ICheckpointed> states, bool everything)
    {
        var header = output.ReserveUInt64();
        var hash = output.ReserveUInt64();
        output.WriteUInt64((ulong)nextOffset);
        output.WriteUInt64((ulong)states.Count);
        foreach (var state in states)
        {
            output.StartSection();
            output.WriteText(state.Name);
            output.WriteUInt64((ulong)state.Version);
            output.WriteUInt64(everything ? 1ul : 0);
            var length = output.ReserveUInt64();
            var start = output.Written.Length;
            state.Save(output, everything);
            output.FillUInt64(length, (ulong)(output.Written.Length - start));
        }
        var body = output.Written.Span[HeaderBytes..];
        output.FillUInt64(header, Magic | ((ulong)body.Length << 32));
        output.FillUInt64(hash, XxHash3.HashToUInt64(body));
    }

    /// <summary>Makes a frame durable.</summary>
    public void Save(ReadOnlySpan<byte> bytes, bool everything)
    {
        if (!everything && _file is not null)
        {
            // Over whatever a write that failed half-way has left behind the last sound frame.
            _file.SetLength(_soundBytes);
            _file.Seek(_soundBytes, SeekOrigin.Begin);
            _file.Write(bytes);
            _file.Flush(flushToDisk: true);
            _soundBytes += bytes.Length;
            _lastBytes = bytes.Length;
            return;
        }
        var file = WriteAnew(bytes);
        _file?.Dispose();
        _file = file;
        _fullBytes = _soundBytes = bytes.Length;
    }

    public void Dispose() => _file?.Dispose();

    private FileStream WriteAnew(ReadOnlySpan<byte> bytes)
    {
        var temporary = _path + ".new";
        var file = OpenFile(temporary, FileMode.Create);
        try
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
            File.Move(temporary, _path, overwrite: true);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Without a buffer: what a failed write leaves in one would be written by the next.
    private static FileStream OpenFile(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    private static StateFrame? ReadFrame(FileStream file, long start, out long frameBytes)
    {
        frameBytes = 0;
        var left = file.Length - start - HeaderBytes;
        if (left < 0) return null;
        Span<byte> header = stackalloc byte[HeaderBytes];
        file.Seek(start, SeekOrigin.Begin);
        file.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (length < 0 || length > left) return null;
        ReadOnlyMemory<byte> body = ReadBody(file, length);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[8..])
            != XxHash3.HashToUInt64(body.Span)) return null;
        frameBytes = HeaderBytes + length;

        var at = 0;
        var nextOffset = Number(body.Span, ref at);
        var sections = new StateSection[Number(body.Span, ref at)];
        for (var i = 0; i < sections.Length; i++)
        {
            // A section's name is shorter than 128 bytes, so its LEB128 length is one byte.
            int nameBytes = body.Span[at++];
            var name = Encoding.UTF8.GetString(body.Span.Slice(at, nameBytes));
            at += nameBytes;
            var version = (int)Number(body.Span, ref at);
            var everything = Number(body.Span, ref at) == 1;
            sections[i] = new(name, version, everything, Take(body, ref at));
        }
        return new StateFrame(nextOffset, sections);
    }

    private static byte[] ReadBody(FileStream file, int length)
    {
        var body = GC.AllocateUninitializedArray<byte>(length);
        file.ReadExactly(body);
        return body;
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> body, ref int at)
    {
        var length = (int)Number(body.Span, ref at);
        var taken = body.Slice(at, length);
        at += length;
        return taken;
    }

    private static long Number(ReadOnlySpan<byte> body, ref int at)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(body[at..]);
        at += 8;
        return number;
    }
}
