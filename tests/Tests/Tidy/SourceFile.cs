namespace StreamCommerce.Tests.Tidy;

/// <summary>A text file of the repository.</summary>
/// <param name="Path">From the repository's root, with slashes.</param>
/// <param name="Lines">Its lines, without their ends.</param>
internal sealed record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsProject => Path.EndsWith(".csproj", StringComparison.Ordinal);

    public bool IsNotebook => Path.EndsWith(".ipynb", StringComparison.Ordinal);

    /// <summary>Named so, or begun so: most scripts here have no extension.</summary>
    public bool IsShellScript =>
        Path.EndsWith(".sh", StringComparison.Ordinal)
        || (Lines.Count > 0 && Lines[0].StartsWith("#!", StringComparison.Ordinal)
            && Lines[0].EndsWith("sh", StringComparison.Ordinal));

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public static SourceFile Of(string path, string text) =>
        new(path, text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
}
