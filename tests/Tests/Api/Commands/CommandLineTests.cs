using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Api.Crash;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

public sealed class CommandLineTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("dance")]
    [InlineData("serve", "--colour", "red")]
    [InlineData("rebuild", "weather")]
    [InlineData("serve", "--set", "nonsense")]
    public async Task A_verb_or_option_that_there_is_not_ends_with_2_and_the_usage(
        params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains("Usage:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_2_and_its_key()
    {
        var (code, _, errors) = await RunAsync("serve", "--data", service.Folder,
            "--set", "Engine:BatchLimit=0");

        Assert.Equal(2, code);
        Assert.Contains("Engine:BatchLimit", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_of_a_section_that_there_is_not_ends_with_2_and_its_key()
    {
        var (code, _, errors) = await RunAsync("serve", "--data", service.Folder,
            "--set", "Engin:BatchLimit=5");

        Assert.Equal(2, code);
        Assert.Contains("Engin:BatchLimit", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuilding_beside_the_service_is_refused()
    {
        var (code, _, errors) = await RunAsync("rebuild", "--data", service.Folder,
            "--set", "Log:PartitionCount=2");

        Assert.Equal(1, code);
        Assert.Contains("another process", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_inspected_beside_the_service()
    {
        await service.PostAsync("/v1/events", EventTexts.View("inspected"));

        var (code, output, _) = await RunAsync("log", "inspect", "--data", service.Folder);

        Assert.Equal(0, code);
        Assert.Contains("next offset", output, StringComparison.Ordinal);
        Assert.Contains("sound", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuilt_projections_say_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("streamcommerce-rebuild-").FullName;
        var before = await ReadStatsAsync(folder, EventTexts.Batch(
            EventTexts.View("r1"), EventTexts.Purchase("r2", "o", 2, 3)));

        var (code, output, _) = await RunAsync("rebuild", "sales", "sessions", "--data", folder,
            "--set", "Log:PartitionCount=2");

        Assert.Equal(0, code);
        Assert.Contains("Rebuilt sales, sessions", output, StringComparison.Ordinal);
        Assert.Equal(before, await ReadStatsAsync(folder, null));
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> ReadStatsAsync(string folder, string? batch)
    {
        await using var host = await ServiceHost.StartAsync(
            service.Settings(folder), TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = host.Address };
        if (batch is not null)
        {
            using var content = new StringContent(batch, null, "application/json");
            (await client.PostAsync("/v1/events", content)).EnsureSuccessStatusCode();
        }
        return await client.GetStringAsync("/v1/stats?wait=true");
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(
        params string[] arguments)
    {
        await using var verb = ServiceProcess.Start(arguments);
        return await verb.EndAsync(TestContext.Current.CancellationToken);
    }
}
