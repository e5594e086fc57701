namespace StreamCommerce.Benchmarks;

/// <summary>A folder for one benchmark's data; removed at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string name)
    {
        // Beside the program, not in the system's temporary folder: that may be a memory disk,
        // on which a sync costs nothing.
        Path = System.IO.Path.Combine(
            AppContext.BaseDirectory, $"{name}-{Environment.ProcessId}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
