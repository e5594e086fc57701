using Microsoft.Win32.SafeHandles;

namespace StreamCommerce.Ingest.Log;

/// <summary>The file system.</summary>
internal sealed class DiskDevice : ILogDevice
{
    // Others may read, and delete what retention removes, while a file is open.
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    public IReadOnlyList<string> List(string directory)
    {
        Directory.CreateDirectory(directory);
        return [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];
    }

    public ILogFile Open(string path) => new DiskFile(
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Shared));

    public ILogFile OpenRead(string path) => new DiskFile(
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, Shared));

    public void Delete(string path) => File.Delete(path);

    public void SyncDirectory(string directory) => DiskDirectory.Sync(directory);

    private sealed class DiskFile(SafeFileHandle handle) : ILogFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> into, long position)
        {
            var read = 0;
            while (read < into.Length)
            {
                var count = RandomAccess.Read(handle, into[read..], position + read);
                if (count == 0) break;
                read += count;
            }
            return read;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> parts, long position)
        {
            if (parts.Count == 1) RandomAccess.Write(handle, parts[0].Span, position);
            else RandomAccess.Write(handle, parts, position);
        }

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
