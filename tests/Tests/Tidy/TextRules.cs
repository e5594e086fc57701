using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamCommerce.Tests.Tidy;

/// <summary>What can be seen in one file alone. Each rule is a pure function of the file.</summary>
internal static partial class TextRules
{
    public const int WidthLimit = 100;
    public const int LengthLimit = 400;

    private static readonly string[] CodeEndings =
    [
        ".cs", ".csproj", ".props", ".targets", ".js", ".css", ".html", ".razor", ".py", ".ipynb",
        ".sh", ".md",
    ];

    private static readonly string[] FeedFiles = ["nuget.config", ".npmrc", "pip.conf"];

    public static IEnumerable<Finding> WideLines(SourceFile file) =>
        file.IsCSharp
            ? Lines(file, line => line.Length > WidthLimit
                ? $"{line.Length} columns, at most {WidthLimit}"
                : null)
            : [];

    public static IEnumerable<Finding> LongFile(SourceFile file) =>
        file.IsCSharp && file.Lines.Count > LengthLimit
            ? [new(file.Path, LengthLimit + 1,
                $"the file has {file.Lines.Count} lines, at most {LengthLimit}")]
            : [];

    public static IEnumerable<Finding> UnfinishedWork(SourceFile file) =>
        file.IsShellScript || CodeEndings.Any(ending =>
            file.Path.EndsWith(ending, StringComparison.Ordinal))
            ? Lines(file, line => Unfinished().Match(line) is { Success: true } match
                ? $"'{match.Value}': finish it, or file an issue"
                : null)
            : [];

    public static IEnumerable<Finding> VagueFileName(SourceFile file) =>
        VagueWord().Match(file.Name) is { Success: true } match
            ? [new(file.Path, 1, $"'{match.Value}' in a file's name: say what it is")]
            : [];

    public static IEnumerable<Finding> VagueTypeNames(SourceFile file) =>
        file.IsCSharp
            ? Lines(file, line =>
                TypeDeclaration().Match(line) is { Success: true } declared
                && VagueWord().Match(declared.Groups["name"].Value) is { Success: true } match
                    ? $"'{match.Value}' in {declared.Groups["name"].Value}: say what it is"
                    : null)
            : [];

    public static IEnumerable<Finding> MachinePaths(SourceFile file) =>
        Lines(file, line => MachinePath().Match(line) is { Success: true } match
            ? $"'{match.Value}' exists on one machine only"
            : null);

    public static IEnumerable<Finding> PackageFeeds(SourceFile file) =>
        FeedFiles.Contains(file.Name.ToLowerInvariant())
            ? [new(file.Path, 1, "where packages come from is the machine's business")]
            : Lines(file, line => PackageFeed().Match(line) is { Success: true } match
                ? $"'{match.Value}' names a package feed; leave that to the machine"
                : null);

    public static IEnumerable<Finding> LaxShellScript(SourceFile file) =>
        file.IsShellScript && !file.Lines.Contains("set -euo pipefail")
            ? [new(file.Path, 1, "no line 'set -euo pipefail'")]
            : [];

    public static IEnumerable<Finding> NotebookOutputs(SourceFile file)
    {
        if (!file.IsNotebook)
        {
            return [];
        }

        using var notebook = JsonDocument.Parse(string.Join('\n', file.Lines));
        var hasOutputs = notebook.RootElement.GetProperty("cells").EnumerateArray().Any(cell =>
            cell.TryGetProperty("outputs", out var outputs) && outputs.GetArrayLength() > 0);
        return hasOutputs
            ? [new(file.Path, 1 + IndexOf(file, "\"output_type\""), "clear the outputs")]
            : [];
    }

    private static int IndexOf(SourceFile file, string text) => Math.Max(0, file.Lines.ToList()
        .FindIndex(line => line.Contains(text, StringComparison.Ordinal)));

    private static IEnumerable<Finding> Lines(SourceFile file, Func<string, string?> fault) =>
        file.Lines.Select((line, index) => (Fault: fault(line), Number: index + 1))
            .Where(line => line.Fault is not null)
            .Select(line => new Finding(file.Path, line.Number, line.Fault!));

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex("helper|utils?(?![a-z])|utilit|common|manager", RegexOptions.IgnoreCase)]
    private static partial Regex VagueWord();

    [GeneratedRegex(
        @"^[\w\s]*\b(?:class|struct|record|interface|enum)\s+(?!class\b|struct\b)(?<name>\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"(?<![\w.~:/$}-])(?:/(?:home|Users|root|work|tmp|mnt)/\w+|[A-Z]:\\\w+)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"\b(?:registry\.[\w-]+\.\w+|\w+://[\w.-]*(?:mirror|proxy|artifactory|nexus)[\w.-]*"
        + @"|\w+://[^\s""']+/v3/index\.json)",
        RegexOptions.IgnoreCase)]
    private static partial Regex PackageFeed();
}
