using Xunit;

namespace StreamCommerce.Tests.Tidy;

/// <summary>
/// Each rule finds what it is for in an invented file, and spares what only looks like it.
/// </summary>
public sealed class TidyRuleTests
{
    [Fact]
    public void A_line_of_101_columns_is_found_by_its_number()
    {
        var file = Code($"{new string('x', 100)}\n{new string('y', 101)}");
        var finding = Assert.Single(TextRules.WideLines(file));
        Assert.Equal("engine/Carts/Cart.cs:2: 101 columns, at most 100", finding.ToString());
    }

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void A_file_of_401_lines_is_found(int lines, int findings) => Assert.Equal(
        findings,
        TextRules.LongFile(Code(string.Join('\n', Enumerable.Repeat(";", lines)) + "\n")).Count());

    [Theory]
    [InlineData("// TODO: later", true)]
    [InlineData("x = y; // FIXME", true)]
    [InlineData("/* HACK */", true)]
    [InlineData("throw new NotImplementedException();", true)]
    [InlineData("// a customer's TodoList, hacked together", false)]
    public void Unfinished_work_is_found(string line, bool found) =>
        Assert.Equal(found, TextRules.UnfinishedWork(Code("\n" + line)).Any());

    [Theory]
    [InlineData("engine/Carts/CartHelper.cs", true)]
    [InlineData("api/wwwroot/page-utils.js", true)]
    [InlineData("ingest/Common.cs", true)]
    [InlineData("engine/StockManager.cs", true)]
    [InlineData("engine/Carts/Cart.cs", false)]
    public void A_vague_file_name_is_found(string path, bool found) =>
        Assert.Equal(found, TextRules.VagueFileName(SourceFile.Of(path, "")).Any());

    [Theory]
    [InlineData("internal static class CartHelpers", true)]
    [InlineData("public readonly record struct CommonPrice(decimal Amount);", true)]
    [InlineData("    private sealed class StockManager : IStock", true)]
    [InlineData("public interface ICartUtils", true)]
    [InlineData("public sealed class Cart(ResourceManager texts)", false)]
    [InlineData("/// the class CartHelper is gone", false)]
    public void A_vague_type_name_is_found(string line, bool found) =>
        Assert.Equal(found, TextRules.VagueTypeNames(Code(line)).Any());

    [Theory]
    [InlineData("engine/Carts/Cart.cs", "using Microsoft.Data.Sqlite;", true)]
    [InlineData("engine/Storage/Sqlite/CartTable.cs", "using Microsoft.Data.Sqlite;", false)]
    [InlineData("engine/Storage/Sqlite/CartTable.cs", "using Microsoft.Azure.Cosmos;", true)]
    [InlineData("engine/Storage/Cosmos/CartContainer.cs", "using Microsoft.Azure.Cosmos;", false)]
    [InlineData("ingest/Log/Reader.cs", "using Azure.Messaging.EventHubs.Consumer;", true)]
    [InlineData("ingest/EventHubs/Reader.cs", "using Azure.Messaging.EventHubs;", false)]
    [InlineData("api/Host.cs", "using Azure.Analytics.Synapse.Artifacts;", true)]
    [InlineData("notebooks/Publisher/Upload.cs", "using Azure.Analytics.Synapse.Artifacts;", false)]
    [InlineData("models/Factors.cs", "    Microsoft.ML.MLContext context;", true)]
    [InlineData("models/MLNet/Trainer.cs", "using Microsoft.ML;", false)]
    [InlineData("models/Factors.cs", "// as Microsoft.ML does it", false)]
    [InlineData("models/Registry/Cache.cs", "using Azure.Storage.Blobs;", true)]
    [InlineData("models/Registry/Blobs/Adapter.cs", "using Azure.Storage.Blobs;", false)]
    [InlineData("api/Query.cs", "using DuckDB.NET.Data;", true)]
    [InlineData("engine/Analytics/Query.cs", "using DuckDB.NET.Data;", false)]
    [InlineData("engine/Payments/PaymentDesk.cs", "using Stripe;", true)]
    [InlineData("api/Host.cs", "    global::Stripe.Event told;", true)]
    [InlineData("engine/Payments/Stripe/StripeGateway.cs", "using Stripe;", false)]
    [InlineData("api/Host.cs", "using StreamCommerce.Engine.Payments.Stripe;", false)]
    public void A_vendors_library_outside_its_adapter_is_found(
        string path, string line, bool found) =>
        Assert.Equal(found, StructureRules.StrayVendors(SourceFile.Of(path, line)).Any());

    [Theory]
    [InlineData("api/Api.csproj", "../engine/Engine.csproj", false)]
    [InlineData("api/Api.csproj", "../ingest/Ingest.csproj", false)]
    [InlineData("engine/Engine.csproj", @"..\models\Models.csproj", false)]
    [InlineData("ingest/Ingest.csproj", "../models/Models.csproj", true)]
    [InlineData("models/Models.csproj", "../engine/Engine.csproj", true)]
    [InlineData("engine/Engine.csproj", "../api/Api.csproj", true)]
    [InlineData("engine/Engine.csproj", "../tests/Tests/Tests.csproj", true)]
    [InlineData("tests/Tests/Tests.csproj", "../../ingest/EventHubs/EventHubs.csproj", false)]
    [InlineData("ingest/EventHubs/EventHubs.csproj", "../Ingest.csproj", false)]
    [InlineData("models/MLNet/MLNet.csproj", "../../engine/Engine.csproj", true)]
    [InlineData("notebooks/Publisher/Publisher.csproj", "../../models/Models.csproj", false)]
    [InlineData("api/Api.csproj", "../models/MLNet/MLNet.csproj", false)]
    [InlineData("engine/Engine.csproj", "../models/MLNet/MLNet.csproj", true)]
    public void A_reference_against_the_direction_is_found(
        string project, string target, bool found)
    {
        var xml = $"<Project>\n  <ItemGroup>\n    <ProjectReference Include=\"{target}\" />\n"
            + "  </ItemGroup>\n</Project>";
        var findings = StructureRules.WrongReferences(SourceFile.Of(project, xml)).ToList();
        Assert.Equal(found ? [3] : [], findings.Select(finding => finding.Line));
    }

    [Fact]
    public void A_stray_and_a_missing_name_at_the_top_level_are_found()
    {
        var names = SourceTree.Here.TopLevel.Except(["dev"]).Append("src/");
        Assert.Equal(
            ["src/", "dev"],
            StructureRules.UnexpectedTopLevel([.. names]).Select(finding => finding.Path));
    }

    [Theory]
    [InlineData("#!/bin/bash\necho", true)]
    [InlineData("#!/usr/bin/env bash\nset -e\necho", true)]
    [InlineData("#!/usr/bin/env bash\n# Why.\nset -euo pipefail\necho", false)]
    [InlineData("#!/usr/bin/env python3\nprint()", false)]
    public void A_shell_script_that_goes_on_after_an_error_is_found(string text, bool found) =>
        Assert.Equal(found, TextRules.LaxShellScript(SourceFile.Of("start", text)).Any());

    [Theory]
    [InlineData("var path = \"/home/ada/shop\";", true)]
    [InlineData("cd /Users/ada/shop", true)]
    [InlineData("cd /mnt/shop", true)]
    [InlineData(@"var path = ""C:\Shops\data"";", true)]
    [InlineData("ExecutablePath = \"/usr/bin/chromium\"", false)]
    [InlineData("https://shop.example/home/page", false)]
    [InlineData("read ../shared/data or ~/home/data", false)]
    public void A_path_of_one_machine_is_found(string line, bool found) =>
        Assert.Equal(found, TextRules.MachinePaths(Code(line)).Any());

    [Theory]
    [InlineData("page.html", "https://registry.invented.example/uplot", true)]
    [InlineData("notes.md", "http://packages.invented.example/v3/index.json", true)]
    [InlineData("NuGet.config", "<configuration />", true)]
    [InlineData("notes.md", "https://learn.microsoft.com/dotnet", false)]
    public void A_package_feed_is_found(string path, string line, bool found) =>
        Assert.Equal(found, TextRules.PackageFeeds(SourceFile.Of(path, line)).Any());

    [Theory]
    [InlineData("""{"cells":[{"outputs":[{"output_type":"stream"}]}]}""", true)]
    [InlineData("""{"cells":[{"outputs":[]},{"source":[]}]}""", false)]
    public void A_notebook_with_outputs_is_found(string text, bool found) =>
        Assert.Equal(found, TextRules.NotebookOutputs(SourceFile.Of("a.ipynb", text)).Any());

    private static SourceFile Code(string text) => SourceFile.Of("engine/Carts/Cart.cs", text);
}
