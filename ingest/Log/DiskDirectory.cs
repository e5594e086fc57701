using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StreamCommerce.Ingest.Log;

/// <summary>A directory of the file system, as far as .NET has no call for it.</summary>
public static class DiskDirectory
{
    /// <summary>
    /// Returns when the files made, renamed and deleted in it are so after a power cut, too.
    /// </summary>
    /// <exception cref="IOException">The disk fails, or there is no such directory.</exception>
    public static void Sync(string directory)
    {
        // .NET opens no directories. Windows keeps directory entries in NTFS's own journal.
        if (OperatingSystem.IsWindows()) return;
        using var handle = Open(directory, 0);
        if (handle.IsInvalid)
        {
            throw new IOException($"Cannot open the directory {directory} to make its entries " +
                $"durable: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        RandomAccess.FlushToDisk(handle);
    }

    // open(2) with O_RDONLY, which is 0 on every Unix.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
