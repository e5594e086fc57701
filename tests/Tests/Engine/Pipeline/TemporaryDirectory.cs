namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>A directory that is gone with its test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } =
        Directory.CreateTempSubdirectory("streamcommerce-engine-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>What a crash at this moment would leave: the files as they are on disk.</summary>
    public TemporaryDirectory Copy()
    {
        var copy = new TemporaryDirectory();
        // State before letters: letters are durable before the state behind them is.
        foreach (var folder in new[] { "state", "dead-letters" })
        {
            if (!Directory.Exists(In(folder))) continue;
            Directory.CreateDirectory(copy.In(folder));
            foreach (var file in Directory.GetFiles(In(folder)).Where(f => !f.EndsWith(".new")))
            {
                File.WriteAllBytes(
                    System.IO.Path.Combine(copy.In(folder), System.IO.Path.GetFileName(file)),
                    ReadShared(file));
            }
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
