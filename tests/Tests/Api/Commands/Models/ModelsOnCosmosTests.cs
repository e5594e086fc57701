using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands.Models;

/// <summary>The verbs with entries on an account, by configuration alone.</summary>
public sealed class ModelsOnCosmosTests : IAsyncLifetime
{
    private readonly ModelsRig _rig = new();
    private readonly CosmosGateway _gateway = new(TimeProvider.System);
    private CosmosGatewayServer _account = null!;
    private CosmosOptions _options = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await CosmosGatewayServer.StartAsync(_gateway);
        _options = new() { Endpoint = _account.Endpoint.ToString(), Key = _gateway.Key };
        using var client = CosmosAccount.Open(_options);
        await CosmosDatabase.CreateAsync(client, _options, null, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _account.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public async Task What_is_trained_and_promoted_is_in_the_account_and_its_file_in_the_folder()
    {
        await _rig.WriteEventsAsync(1, Ct);
        await RunAsync("train", "--events", _rig.EventsFile, "--parameter", "dimensions=8");
        var id = Assert.Single(await _rig.Registry.ListAsync(Ct)).Id;

        await RunAsync("promote", "latest", "--force", "--note", "why not");

        Assert.Null(await _rig.CurrentAsync(Ct));
        Assert.Equal(["current", $"model:{id}"],
            _gateway.ItemsOf(_options.Database, "models")
                .Select(item => item.GetProperty("id").GetString()).Order());
        var list = await RunAsync("list");
        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.Contains("why not", list, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_running_service_follows_what_the_verbs_promote_and_roll_back()
    {
        await RunAsync("publish", Write("m1"), Write("m2"));
        await RunAsync("promote", "m1", "--force");
        await using var service = new ServiceFixture { Storage = _options };
        service.Configuration["Models:Directory"] = _rig.In("data/models");
        service.Configuration["Models:PollInterval"] = "00:00:00.050";
        await service.InitializeAsync();
        await UntilAsync(service, "m1");

        await RunAsync("promote", "m2", "--force");
        await UntilAsync(service, "m2");
        await RunAsync("rollback");
        await UntilAsync(service, "m1");
    }

    [Fact]
    public async Task A_registry_that_is_named_has_entries_of_its_own()
    {
        await RunAsync("publish", Write("m1"), "--registry", _rig.In("other"));

        Assert.Contains("no models", await RunAsync("list"), StringComparison.Ordinal);
        Assert.Contains("m1", await RunAsync("list", "--registry", _rig.In("other")),
            StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await _rig.RunAsync(Ct, [.. arguments,
            "--set", "Storage=Cosmos", "--set", $"Cosmos:Endpoint={_options.Endpoint}",
            "--set", $"Cosmos:Key={_options.Key}"]);
        Assert.True(code == 0, output);
        return output;
    }

    // The test's own limit ends it.
    private static async Task UntilAsync(ServiceFixture service, string id)
    {
        while ((string?)(await service.GetAsync("/v1/models")).Json["current"]?["id"] != id)
            Ct.ThrowIfCancellationRequested();
    }

    private string Write(string id)
    {
        var file = _rig.In(id + ModelFile.Extension);
        ModelFile.Write(file, SampleModels.Of(id));
        return file;
    }
}
