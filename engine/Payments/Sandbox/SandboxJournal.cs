using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace StreamCommerce.Engine.Payments.Sandbox;

/// <summary>
/// The bytes of the sandbox's ledger: records in numbered chunks, appended at the end and dropped
/// at the beginning. With a folder the chunks are files mapped into memory: a record that was
/// appended is the operating system's, so it survives the end of this process, by
/// <c>kill -9</c>, too, without a system call a record. It does not survive a power cut; no test of
/// this shop cuts the power of its bank. Guarded by the ledger's lock.
/// </summary>
/// <remarks>
/// A record's length is written last and makes it valid, so that what was cut off by a kill is not
/// there. A position is (chunk × <see cref="ChunkBytes"/> + offset) and grows forever.
/// </remarks>
internal sealed class SandboxJournal : IDisposable
{
    // Some 100,000 records: files of a size that is dropped often enough to keep the limit tight.
    public const int ChunkBytes = 16 * 1024 * 1024;

    private readonly string? _folder;
    private readonly Queue<Chunk> _chunks = [];
    private readonly byte[] _record = new byte[SandboxRecord.BytesLimit];
    private Chunk? _last;

    /// <summary>Opens the folder's chunks, or none where it is null.</summary>
    /// <exception cref="IOException">Another process has them open; the disk is full.</exception>
    public SandboxJournal(string? folder)
    {
        _folder = folder;
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var file in Directory.GetFiles(folder, "*.sandbox").Order())
            {
                var number = long.Parse(
                    Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture);
                _chunks.Enqueue(_last = Open(number));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The oldest position that there is.</summary>
    public long First => _chunks.TryPeek(out var first) ? first.Number * ChunkBytes : End;

    /// <summary>Where the next record goes.</summary>
    public long End => _last is null ? 0 : _last.Number * ChunkBytes + _last.Used;

    /// <summary>Appends a record and gives its position; -1 where a text of it is too long.
    /// </summary>
    public long Append(in SandboxRecord record)
    {
        var length = record.Write(_record);
        if (length == 0) return -1;
        // Four bytes stay zero behind the last record: the end.
        if (_last is null || _last.Used + length + 4 > ChunkBytes)
            _chunks.Enqueue(_last = Open(_last is null ? 0 : _last.Number + 1));
        var position = End;
        _last.Write(_record.AsSpan(0, length));
        return position;
    }

    /// <summary>
    /// The record at a position, or the first one of the next chunk where this one ends there;
    /// says where it is and moves the position behind it. False at the end.
    /// </summary>
    public bool Read(ref long position, out long at, out SandboxRecord record)
    {
        while (Find(position) is { } chunk)
        {
            if (chunk.Read((int)(position % ChunkBytes), out record, out var length))
            {
                at = position;
                position += length;
                return true;
            }
            if (ReferenceEquals(chunk, _last)) break;
            position = (chunk.Number + 1) * ChunkBytes;
        }
        at = position;
        record = default;
        return false;
    }

    /// <summary>The chunk to begin with for records from a time on: earlier ones hold none.
    /// </summary>
    public long Seek(DateTimeOffset from)
    {
        var start = First;
        foreach (var chunk in _chunks)
        {
            if (!chunk.Read(0, out var record, out _) || record.At > from) break;
            start = chunk.Number * ChunkBytes;
        }
        return start;
    }

    /// <summary>Drops all chunks that end before a position.</summary>
    public void DropBefore(long position)
    {
        while (_chunks.Count > 1 && (_chunks.Peek().Number + 1) * ChunkBytes <= position)
        {
            var chunk = _chunks.Dequeue();
            chunk.Dispose();
            if (_folder is not null) File.Delete(PathOf(chunk.Number));
        }
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks) chunk.Dispose();
        _chunks.Clear();
        _last = null;
    }

    private Chunk? Find(long position)
    {
        var number = position / ChunkBytes;
        if (_last?.Number == number) return _last;
        foreach (var chunk in _chunks)
        {
            if (chunk.Number == number) return chunk;
        }
        return null;
    }

    private Chunk Open(long number) =>
        _folder is null ? new Chunk(number) : new Chunk(number, PathOf(number));

    private string PathOf(long number) => Path.Combine(
        _folder!, number.ToString("D10", CultureInfo.InvariantCulture) + ".sandbox");

    private sealed class Chunk : IDisposable
    {
        private readonly byte[]? _bytes;
        private readonly FileStream? _file;
        private readonly MemoryMappedFile? _map;
        private readonly MemoryMappedViewAccessor? _view;

        public Chunk(long number)
        {
            Number = number;
            _bytes = new byte[ChunkBytes];
        }

        public Chunk(long number, string path)
        {
            Number = number;
            // Preallocated: a full disk has to be an exception here, not a fault on a mapped page.
            var isNew = !File.Exists(path);
            _file = new FileStream(path, new FileStreamOptions
            {
                Mode = isNew ? FileMode.CreateNew : FileMode.Open,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                PreallocationSize = isNew ? ChunkBytes : 0,
                BufferSize = 0,
            });
            try
            {
                if (_file.Length < ChunkBytes) _file.SetLength(ChunkBytes);
                _map = MemoryMappedFile.CreateFromFile(
                    _file, null, ChunkBytes, MemoryMappedFileAccess.ReadWrite,
                    HandleInheritability.None, leaveOpen: true);
                _view = _map.CreateViewAccessor(0, ChunkBytes);
            }
            catch
            {
                Dispose();
                throw;
            }
            while (Read(Used, out _, out var length)) Used += length;
            Clear();
        }

        public long Number { get; }

        public int Used { get; private set; }

        public void Write(ReadOnlySpan<byte> record)
        {
            if (_bytes is not null)
            {
                record.CopyTo(_bytes.AsSpan(Used));
                MemoryMarshal.Write(_bytes.AsSpan(Used), record.Length);
            }
            else
            {
                var handle = _view!.SafeMemoryMappedViewHandle;
                handle.WriteSpan((ulong)Used + 4, record[4..]);
                // The length last, so that a kill in between leaves no half record.
                Interlocked.MemoryBarrier();
                handle.Write((ulong)Used, record.Length);
            }
            Used += record.Length;
        }

        public bool Read(int offset, out SandboxRecord record, out int length)
        {
            record = default;
            length = 0;
            if (offset + 4 > ChunkBytes) return false;
            length = _bytes is not null
                ? MemoryMarshal.Read<int>(_bytes.AsSpan(offset))
                : _view!.SafeMemoryMappedViewHandle.Read<int>((ulong)offset);
            if (length <= 0 || length > SandboxRecord.BytesLimit || offset + length > ChunkBytes)
                return false;
            Span<byte> bytes = stackalloc byte[length];
            if (_bytes is not null) _bytes.AsSpan(offset, length).CopyTo(bytes);
            else _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, bytes);
            return SandboxRecord.TryRead(bytes, out record);
        }

        public void Dispose()
        {
            _view?.Dispose();
            _map?.Dispose();
            _file?.Dispose();
        }

        // What a kill left behind the end must not look like a record once the end moves on.
        private void Clear()
        {
            var rest = Math.Min(ChunkBytes - Used, 2 * SandboxRecord.BytesLimit);
            if (rest > 0)
                _view!.SafeMemoryMappedViewHandle.WriteSpan((ulong)Used, new byte[rest].AsSpan());
        }
    }
}
