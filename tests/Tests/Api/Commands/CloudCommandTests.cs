using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Tests.Api.Crash;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

public sealed class CloudCommandTests : IAsyncLifetime
{
    private readonly CosmosGateway _gateway = new(
        new FakeTimeProvider(ShopFixture.Start));
    private CosmosGatewayServer _account = null!;

    public async ValueTask InitializeAsync() =>
        _account = await CosmosGatewayServer.StartAsync(_gateway);

    public ValueTask DisposeAsync() => _account.DisposeAsync();

    [Fact]
    public async Task An_account_is_made_ready_once_and_found_so()
    {
        var before = await RunAsync("check");
        var made = await RunAsync("init");
        var again = await RunAsync("init");
        var after = await RunAsync("check");

        Assert.Equal((1, ""), (before.Code, before.Output));
        Assert.Equal("There is no database streamcommerce: run `cloud init`.",
            before.Errors.TrimEnd());
        Assert.Equal(0, made.Code);
        Assert.StartsWith("Made database streamcommerce, container products, ", made.Output,
            StringComparison.Ordinal);
        Assert.Equal((0, "All is there already."), (again.Code, again.Output.TrimEnd()));
        Assert.Equal((0, "Database streamcommerce is as it should be, and may be written."),
            (after.Code, after.Output.TrimEnd()));
    }

    [Fact]
    public async Task A_wrong_key_is_told_and_is_no_success()
    {
        var (code, output, errors) = await RunAsync(
            "check", Convert.ToBase64String("another"u8));

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("check Cosmos:Key", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_out_of_its_range_is_a_wrong_command_line()
    {
        var (code, _, errors) = await RunAsync(
            "check", _gateway.Key, "--set", "Cosmos:RetryLimit=21");

        Assert.Equal(2, code);
        Assert.Contains("Cosmos:RetryLimit must be 0 to 20.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_is_given_twice_is_a_wrong_command_line()
    {
        var (code, _, errors) = await RunAsync(
            "check", _gateway.Key, "--set", "cosmos:key=another");

        Assert.Equal(2, code);
        Assert.Contains("cosmos:key is set twice.", errors, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(string verb) =>
        RunAsync(verb, _gateway.Key);

    private async Task<(int Code, string Output, string Errors)> RunAsync(
        string verb, string key, params string[] more)
    {
        await using var process = ServiceProcess.Start([
            "cloud", verb, "--set", $"Cosmos:Endpoint={_account.Endpoint}",
            "--set", $"Cosmos:Key={key}", .. more]);
        return await process.EndAsync(TestContext.Current.CancellationToken);
    }
}
