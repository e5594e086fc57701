using Xunit;

namespace StreamCommerce.Tests.Tidy;

/// <summary>
/// What no analyzer knows about this repository. The rules are in <see cref="TextRules"/> and
/// <see cref="StructureRules"/>; <see cref="TidyRuleTests"/> shows that each can find something.
/// </summary>
public sealed class TidyTests
{
    /// <summary>The rules and their tests spell out what they look for.</summary>
    private const string RulesFolder = "tests/Tests/Tidy";

    [Fact]
    public void No_line_of_code_is_wider_than_a_hundred_columns() =>
        AssertNone(Here.SelectMany(TextRules.WideLines));

    [Fact]
    public void No_file_of_code_is_longer_than_four_hundred_lines() =>
        AssertNone(Here.SelectMany(TextRules.LongFile));

    [Fact]
    public void No_work_is_left_unfinished() =>
        AssertNone(HereWithoutRules.SelectMany(TextRules.UnfinishedWork));

    [Fact]
    public void No_file_has_a_vague_name() =>
        AssertNone(Here.SelectMany(TextRules.VagueFileName));

    [Fact]
    public void No_type_has_a_vague_name() =>
        AssertNone(Here.SelectMany(TextRules.VagueTypeNames));

    [Fact]
    public void A_vendors_library_is_used_in_its_adapter_only() =>
        AssertNone(Here.SelectMany(StructureRules.StrayVendors));

    [Fact]
    public void Projects_need_each_other_in_one_direction_only() =>
        AssertNone(Here.SelectMany(StructureRules.WrongReferences));

    [Fact]
    public void The_top_level_holds_what_is_expected_and_nothing_else() =>
        AssertNone(StructureRules.UnexpectedTopLevel(SourceTree.Here.TopLevel));

    [Fact]
    public void Every_shell_script_stops_at_its_first_error() =>
        AssertNone(Here.SelectMany(TextRules.LaxShellScript));

    [Fact]
    public void Every_shell_script_is_executable()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps no executable bit.");
        AssertNone(
            from script in Here
            where script.IsShellScript && !IsExecutable(SourceTree.Here.FullPath(script))
            select new Finding(script.Path, 1, "not executable: chmod +x"));
    }

    [Fact]
    public void No_file_names_a_path_of_one_machine() =>
        AssertNone(HereWithoutRules.SelectMany(TextRules.MachinePaths));

    [Fact]
    public void No_file_names_a_package_feed() =>
        AssertNone(HereWithoutRules.SelectMany(TextRules.PackageFeeds));

    [Fact]
    public void Notebooks_are_kept_without_their_outputs() =>
        AssertNone(Here.SelectMany(TextRules.NotebookOutputs));

    [Fact]
    public void The_walk_sees_the_repository()
    {
        Assert.Contains(Here, file => file.Path == "dev" && file.IsShellScript);
        Assert.Contains(Here, file => file.Path == "tests/Tests/Tidy/TidyTests.cs");
        Assert.Contains(Here, file => file.Path == "ingest/Ingest.csproj");
        Assert.DoesNotContain(Here, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }

    private static IReadOnlyList<SourceFile> Here => SourceTree.Here.Files;

    private static IEnumerable<SourceFile> HereWithoutRules =>
        Here.Where(file => !file.IsUnder(RulesFolder));

    private static bool IsExecutable(string path) =>
        !OperatingSystem.IsWindows()
        && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);

    private static void AssertNone(IEnumerable<Finding> findings)
    {
        var found = findings.ToList();
        if (found.Count > 0)
        {
            Assert.Fail(string.Join('\n', found));
        }
    }
}
