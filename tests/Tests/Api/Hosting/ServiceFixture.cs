using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Configuration;
using StreamCommerce.Api.Commands.Models;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Models;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

/// <summary>
/// A service of its own on loopback with its data in a temporary folder. With
/// STREAMCOMMERCE_TEST_STORAGE=Cosmos its documents are in an account of its own, behind a local
/// gateway on loopback: nothing but its configuration is another.
/// </summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private ServiceHost? _host;
    private CosmosGatewayServer? _account;

    public string Folder { get; } =
        Directory.CreateTempSubdirectory("streamcommerce-api-").FullName;

    /// <summary>Keys for the service, set before it starts.</summary>
    public Dictionary<string, string?> Configuration { get; } = new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Log:PartitionCount"] = "2",
        ["Api:LiveInterval"] = "00:00:00.050",
    };

    /// <summary>The service's clock, set before it starts.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>An account that is there, set before it starts; null: as the environment says.
    /// </summary>
    public CosmosOptions? Storage { get; init; }

    public ServiceHost Host => _host ?? throw new InvalidOperationException("It is not started.");

    public HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        await OpenStorageAsync();
        _host = await ServiceHost.StartAsync(Settings(Folder), CancellationToken.None);
        Client = new HttpClient { BaseAddress = _host.Address };
    }

    public ServiceSettings Settings(string folder) => new()
    {
        DataDirectory = folder,
        Urls = "http://127.0.0.1:0",
        Configuration = Configuration,
        Time = Time,
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        if (_account is not null) await _account.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>
    /// Opens the account, where there is to be one. The arguments with which another process keeps
    /// its documents there, too.
    /// </summary>
    public async Task<string[]> OpenStorageAsync()
    {
        if (Storage is { } there) Configure(there);
        else if (_account is null
            && Environment.GetEnvironmentVariable("STREAMCOMMERCE_TEST_STORAGE") == "Cosmos")
        {
            await OpenAccountAsync();
        }
        return [.. Configuration
            .Where(one => one.Key.StartsWith("Storage", StringComparison.Ordinal)
                || one.Key.StartsWith("Cosmos:", StringComparison.Ordinal))
            .SelectMany(one => (string[])["--set", $"{one.Key}={one.Value}"])];
    }

    /// <summary>The registry that the service follows, also before it starts.</summary>
    internal async Task<OpenedRegistry> OpenModelsAsync()
    {
        await OpenStorageAsync();
        var files = new FolderModelRegistry(Path.Combine(Folder, "models"), TimeProvider.System);
        if (!Configuration.ContainsKey("Storage")) return new(files);
        var account = ServiceSettings.ReadCosmos(
            new ConfigurationBuilder().AddInMemoryCollection(Configuration).Build());
        return new(CosmosModelRegistry.Open(account, files, TimeProvider.System));
    }

    private async Task OpenAccountAsync()
    {
        var gateway = new CosmosGateway(Time);
        _account = await CosmosGatewayServer.StartAsync(gateway);
        var options = new CosmosOptions
        {
            Endpoint = _account.Endpoint.ToString(),
            Key = gateway.Key,
        };
        Configure(options);
        using var client = CosmosAccount.Open(options);
        await CosmosDatabase.CreateAsync(client, options, 4_000, CancellationToken.None);
    }

    private void Configure(CosmosOptions options)
    {
        Configuration["Storage"] = "Cosmos";
        Configuration["Cosmos:Endpoint"] = options.Endpoint;
        Configuration["Cosmos:Key"] = options.Key;
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null);

    public Task<Answer> PostAsync(
        string path, string body, string type = "application/json",
        params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), type, headers);

    public Task<Answer> PutAsync(
        string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, Encoding.UTF8.GetBytes(body), "application/json", headers);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, byte[]? body, string? type,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            // A body that is refused unread is not sent: else the answer races the broken pipe.
            request.Headers.ExpectContinue = body.Length > 1024 * 1024;
            if (type is not null)
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await Client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Puts a product and, where units are given, its stock.</summary>
    public async Task PutProductAsync(
        string id, decimal price = 2.50m, string currency = "EUR", int units = 0)
    {
        await PutAsync($"/v1/products/{id}", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"title":"The {{{id}}}","price":{"amount":{{{price}}},"currency":"{{{currency}}}"}}
            """));
        if (units > 0)
            await PostAsync($"/v1/stock/{id}/adjustments", $$"""{"delta":{{units}}}""");
    }
}
