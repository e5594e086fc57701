using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace StreamCommerce.Tests.Tidy;

/// <summary>
/// Where things may be and what may depend on what. Pure functions, as <see cref="TextRules"/>.
/// </summary>
internal static partial class StructureRules
{
    /// <summary>Each may reference those before it.</summary>
    private static readonly string[] Layers = ["ingest", "models", "engine", "api"];

    /// <summary>Projects whose packages a mirror may lack: only the host may need them.</summary>
    private static readonly string[] Adapters =
        ["ingest/EventHubs", "models/MLNet", "notebooks/Publisher"];

    private static readonly (Regex Namespace, string[] Homes)[] Vendors =
    [
        (SqliteNamespace(), ["engine/Storage/Sqlite"]),
        (CosmosNamespace(), ["engine/Storage/Cosmos"]),
        (EventHubsNamespace(), ["ingest/EventHubs"]),
        (SynapseNamespace(), ["notebooks/Publisher"]),
        (MLNetNamespace(), ["models/MLNet"]),
        (DuckDBNamespace(), ["*/Analytics"]),
        (StripeNamespace(), ["engine/Payments/Stripe"]),
        (BlobsNamespace(), ["models/Registry/Blobs", "ingest/EventHubs"]),
    ];

    private static readonly string[] ExpectedTopLevel =
    [
        ".ci/", "api/", "engine/", "ingest/", "models/", "notebooks/", "tests/",
        ".editorconfig", ".gitattributes", ".gitignore", "BannedSymbols.txt",
        "Directory.Build.props", "Directory.Packages.props", "LICENSE", "README.md",
        "StreamCommerce.sln", "dev", "global.json",
    ];

    private static readonly string[] AllowedTopLevel = [.. ExpectedTopLevel, "ARCHITECTURE.md"];

    /// <summary>A test may look at a store's file with the store's own library.</summary>
    public static IEnumerable<Finding> StrayVendors(SourceFile file)
    {
        if (!file.IsCSharp || file.IsUnder("tests"))
        {
            yield break;
        }

        for (var i = 0; i < file.Lines.Count; i++)
        {
            var line = file.Lines[i];
            if (line.AsSpan().TrimStart().StartsWith("//"))
            {
                continue;
            }

            foreach (var (vendor, homes) in Vendors)
            {
                if (vendor.Match(line) is { Success: true } match
                    && !homes.Any(home => IsAtHome(file, home)))
                {
                    var places = string.Join(" and ", homes);
                    yield return new(file.Path, i + 1, $"{match.Value} belongs in {places} only");
                }
            }
        }
    }

    public static IEnumerable<Finding> WrongReferences(SourceFile project)
    {
        if (!project.IsProject)
        {
            return [];
        }

        var xml = XDocument.Parse(string.Join('\n', project.Lines), LoadOptions.SetLineInfo);
        var source = FolderOf(project.Path);
        return
            from reference in xml.Descendants("ProjectReference")
            let to = FolderOf(Resolve(source, (string?)reference.Attribute("Include") ?? ""))
            where !MayReference(source, to)
            select new Finding(
                project.Path, ((IXmlLineInfo)reference).LineNumber, $"{source} must not need {to}");
    }

    public static IEnumerable<Finding> UnexpectedTopLevel(IReadOnlyList<string> names) =>
        names.Except(AllowedTopLevel).Select(name =>
            new Finding(name, 1, "not a part of the top level, which is fixed"))
        .Concat(ExpectedTopLevel.Except(names).Select(name =>
            new Finding(name, 1, "missing from the top level")));

    internal static bool MayReference(string from, string to)
    {
        if (Top(from) == "tests")
        {
            return true;
        }

        if (Adapters.Contains(to))
        {
            return from == "api";
        }

        if (Adapters.Contains(from))
        {
            return to is "ingest" or "models";
        }

        var target = Array.IndexOf(Layers, Top(to));
        return target >= 0 && target <= Array.IndexOf(Layers, Top(from));
    }

    private static string Top(string folder) => folder.Split('/')[0];

    private static string FolderOf(string path) =>
        path.Contains('/') ? path[..path.LastIndexOf('/')] : "";

    private static bool IsAtHome(SourceFile file, string home) =>
        home.StartsWith("*/", StringComparison.Ordinal)
            ? FolderOf(file.Path).Split('/').Contains(home[2..])
            : file.IsUnder(home);

    /// <summary>A path from the root, of one that is meant from a folder.</summary>
    private static string Resolve(string folder, string relative)
    {
        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in relative.Replace('\\', '/').Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\b(?:Microsoft\.Data\.Sqlite|SQLitePCL)\b")]
    private static partial Regex SqliteNamespace();

    [GeneratedRegex(@"\bMicrosoft\.Azure\.Cosmos\b")]
    private static partial Regex CosmosNamespace();

    [GeneratedRegex(@"\bAzure\.Messaging\.EventHubs\b")]
    private static partial Regex EventHubsNamespace();

    [GeneratedRegex(@"\bAzure\.Analytics\.Synapse\b")]
    private static partial Regex SynapseNamespace();

    [GeneratedRegex(@"\bMicrosoft\.ML\b")]
    private static partial Regex MLNetNamespace();

    [GeneratedRegex(@"\bAzure\.Storage\b")]
    private static partial Regex BlobsNamespace();

    [GeneratedRegex(@"\bDuckDB\.NET\b")]
    private static partial Regex DuckDBNamespace();

    // A word of its own in code: not the adapter's namespace, not a text, not Stripe-Signature.
    [GeneratedRegex(@"^\s*(?:global )?using (?:static |\w+ = )?Stripe\b|\bglobal::Stripe\b")]
    private static partial Regex StripeNamespace();
}
