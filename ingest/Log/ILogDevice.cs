namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The storage below the embedded log: files of bytes, and what a power cut leaves.
/// </summary>
/// <remarks>
/// The contract, which is that of POSIX and no more:
/// <list type="bullet">
/// <item>What is written can be read at once, but survives a power cut only after
/// <see cref="ILogFile.Flush"/> returned; until then any subset of its sectors may.</item>
/// <item>A file made or deleted is so after a power cut only once
/// <see cref="SyncDirectory"/> returned.</item>
/// <item>After a failed flush nothing is known about the bytes that it was to save, and a later
/// flush that succeeds proves nothing about them.</item>
/// <item>Faults are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; a
/// failed write may have written a part.</item>
/// </list>
/// The disk and, in the tests, a simulated one that fails and loses power implement it.
/// </remarks>
internal interface ILogDevice
{
    /// <summary>The names of the files in a directory, in no order; makes the directory.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Opens a file to read and write; makes it where there is none.</summary>
    ILogFile Open(string path);

    /// <summary>Opens a file to read while another writes it.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    ILogFile OpenRead(string path);

    void Delete(string path);

    /// <summary>Makes the creations and deletions in a directory durable.</summary>
    void SyncDirectory(string directory);
}

/// <summary>A file of an <see cref="ILogDevice"/>. Reads are safe beside one writer.</summary>
internal interface ILogFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the span is full or the file ends; returns the bytes read.</summary>
    int Read(Span<byte> into, long position);

    /// <summary>Writes the parts one behind the other.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> parts, long position);

    void Truncate(long length);

    /// <summary>Returns when the file's bytes and length would survive a power cut.</summary>
    void Flush();
}
