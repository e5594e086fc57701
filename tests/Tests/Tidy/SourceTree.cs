namespace StreamCommerce.Tests.Tidy;

/// <summary>
/// The repository as it lies on disk, without what git ignores. It is walked rather than asked of
/// git, so that the tests also run in an unpacked archive. Read once, never changed: any thread.
/// </summary>
internal sealed class SourceTree
{
    private const string RootMark = "StreamCommerce.sln";
    private const int ProbeBytes = 8192;

    private static readonly string[] IgnoredAnywhere =
    [
        ".git", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea",
        "__pycache__", ".ipynb_checkpoints",
    ];

    private static readonly string[] IgnoredAtRoot = ["data"];

    private static readonly Lazy<SourceTree> Instance = new(() => new SourceTree(FindRoot()));

    private SourceTree(string root)
    {
        Root = root;
        TopLevel = [.. new DirectoryInfo(root).EnumerateFileSystemInfos()
            .Where(entry => !IsIgnored(entry.Name) && !IgnoredAtRoot.Contains(entry.Name))
            .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name)
            .Order(StringComparer.Ordinal)];
        Files = [.. TopLevel.SelectMany(Walk).Order(StringComparer.Ordinal).Select(Read)
            .OfType<SourceFile>()];
    }

    public static SourceTree Here => Instance.Value;

    /// <summary>The repository's folder.</summary>
    public string Root { get; }

    /// <summary>Names at the root; a folder's ends in a slash.</summary>
    public IReadOnlyList<string> TopLevel { get; }

    /// <summary>Every text file, by path.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    public string FullPath(SourceFile file) => Path.Combine(Root, file.Path);

    private static bool IsIgnored(string name) =>
        IgnoredAnywhere.Contains(name) || name.EndsWith(".user", StringComparison.Ordinal);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, RootMark)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException(
            $"No folder above {AppContext.BaseDirectory} holds {RootMark}.");
    }

    private IEnumerable<string> Walk(string entry)
    {
        if (!entry.EndsWith('/'))
        {
            return [entry];
        }

        return new DirectoryInfo(Path.Combine(Root, entry)).EnumerateFileSystemInfos()
            .Where(inner => !IsIgnored(inner.Name) && inner.LinkTarget is null)
            .SelectMany(inner => Walk(entry + inner.Name + (inner is DirectoryInfo ? "/" : "")));
    }

    /// <summary>
    /// The file, or null where it is binary: a zero byte early on, as git has it.
    /// </summary>
    private SourceFile? Read(string path)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Root, path));
        return bytes.AsSpan(0, Math.Min(bytes.Length, ProbeBytes)).Contains((byte)0)
            ? null
            : SourceFile.Of(path, System.Text.Encoding.UTF8.GetString(bytes));
    }
}
