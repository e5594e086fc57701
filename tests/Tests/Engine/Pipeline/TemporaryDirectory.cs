namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>A directory that is gone with its test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } =
        Directory.CreateTempSubdirectory("streamcommerce-engine-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>What a crash at this moment would leave: the files as they are on disk, but for
    /// locks and files that have not got their name yet.</summary>
    public TemporaryDirectory Copy()
    {
        var copy = new TemporaryDirectory();
        // State before letters: letters are durable before the state behind them is.
        foreach (var file in Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
            .Where(file => System.IO.Path.GetExtension(file) is not ".new"
                && System.IO.Path.GetFileName(file) is not "lock").OrderDescending())
        {
            var to = copy.In(System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
            File.WriteAllBytes(to, ReadShared(file));
        }
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
