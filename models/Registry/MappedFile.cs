using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace StreamCommerce.Models.Registry;

/// <summary>
/// A file that is mapped to be read, handed out as memory of numbers. Disposing of it unmaps it:
/// memory that is asked for its span afterwards throws <see cref="ObjectDisposedException"/>, and
/// a span that was taken before points nowhere. So whoever disposes of it sees to it that no
/// reader is left. Any thread.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <param name="path">At least one byte long.</param>
    public MappedFile(string path)
    {
        // Others may replace or delete the name meanwhile; the mapping keeps the file.
        var handle = new FileStream(path, FileMode.Open, FileAccess.Read,
            FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            Bytes = handle.Length;
            _file = MemoryMappedFile.CreateFromFile(handle, mapName: null, capacity: 0,
                MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        try
        {
            _view = _file.CreateViewAccessor(0, Bytes, MemoryMappedFileAccess.Read);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + _view.PointerOffset;
    }

    public long Bytes { get; }

    /// <summary>A part of the file; its bytes are a multiple of a number's.</summary>
    public ReadOnlyMemory<T> Numbers<T>(long start, long bytes)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Bytes - bytes);
        return bytes == 0 ? default : new Numbers<T>(this, start, (int)(bytes / sizeof(T))).Memory;
    }

    public void Dispose()
    {
        if (_start is null) return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    internal byte* At(long position)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return _start + position;
    }
}

/// <summary>Memory over a part of a <see cref="MappedFile"/>.</summary>
internal sealed unsafe class Numbers<T>(MappedFile file, long start, int count) : MemoryManager<T>
    where T : unmanaged
{
    public override Span<T> GetSpan() => new(file.At(start), count);

    /// <summary>Mapped memory never moves.</summary>
    public override MemoryHandle Pin(int elementIndex = 0) =>
        new((T*)file.At(start) + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
