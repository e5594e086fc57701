using System.Net;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Api.Events;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

public sealed class ServiceHostTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_started_service_is_alive_and_ready()
    {
        Assert.Equal("""{"status":"alive"}""", (await service.GetAsync("/healthz")).Text);
        Assert.Equal("ready", (await service.GetAsync("/readyz"))["status"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_acknowledged_is_there_after_a_kill()
    {
        await service.PutProductAsync("kept", units: 3);
        (await service.PostAsync("/v1/events", EventTexts.View("kept", "killed", "kept")))
            .MustBe(HttpStatusCode.Accepted);

        // The files as a kill of this moment would leave them.
        var copy = Copy(service.Folder);
        try
        {
            await using var second = await ServiceHost.StartAsync(
                service.Settings(copy), TestContext.Current.CancellationToken);
            using var client = new HttpClient { BaseAddress = second.Address };

            var stats = await client.GetStringAsync("/v1/stats?wait=true");
            Assert.Contains("\"view_item\":1", stats, StringComparison.Ordinal);
            var stock = await client.GetStringAsync("/v1/stock/kept");
            Assert.Contains("\"available\":3", stock, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Data_that_another_service_has_open_is_refused()
    {
        var refusal = await Assert.ThrowsAnyAsync<IOException>(() =>
            ServiceHost.StartAsync(
                service.Settings(service.Folder), TestContext.Current.CancellationToken));

        Assert.Contains("another process", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Engine:BatchLimit", "0")]
    [InlineData("Engine:BatchLimit", "many")]
    [InlineData("Engine:BatchLimti", "1")]
    [InlineData("Engine:EventTime:Disorder", "-1")]
    [InlineData("Engin:BatchLimit", "5")]
    [InlineData("BatchLimit", "5")]
    [InlineData("Log:PartitionCount", "33")]
    [InlineData("Store:ReaderCount", "0")]
    [InlineData("Api:SubscriberLimit", "0")]
    public async Task A_wrong_setting_is_named(string key, string text)
    {
        var folder = Directory.CreateTempSubdirectory("streamcommerce-settings-").FullName;
        try
        {
            var settings = service.Settings(folder) with
            {
                Configuration = new Dictionary<string, string?> { [key] = text },
            };

            var refusal = await Assert.ThrowsAsync<SettingsException>(() =>
                ServiceHost.StartAsync(settings, TestContext.Current.CancellationToken));

            Assert.Contains(key.Split(':')[^1], refusal.Message, StringComparison.Ordinal);
            Assert.Contains(key.Split(':')[0], refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Copy(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("streamcommerce-copy-").FullName;
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) is "lock") continue;
            var target = Path.Combine(copy, Path.GetRelativePath(folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var from = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(target);
            from.CopyTo(to);
        }
        return copy;
    }
}
