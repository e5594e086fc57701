using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>What the tests store: an id, a key, and whatever a test looks at. What it has not is
/// left out.</summary>
public sealed record Thing(
    string Id,
    string Pk,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Size = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Tags = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Ttl = null);

/// <summary>An account with one container, and the SDK's client of it.</summary>
public abstract class GatewayTest : IAsyncLifetime
{
    protected const string Region = "West Europe";
    protected const string ReadRegion = "North Europe";

    protected FakeTimeProvider Time { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected CosmosGateway Gateway { get; private set; } = null!;

    protected CosmosClient Client { get; private set; } = null!;

    protected Database Shop { get; private set; } = null!;

    protected Container Things { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Gateway = new CosmosGateway(Time, Options);
        Client = await ConnectAsync();
        Shop = await Client.CreateDatabaseAsync("shop", cancellationToken: Ct);
        Things = await Shop.CreateContainerAsync(Definition, cancellationToken: Ct);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await DisconnectAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual CosmosGatewayOptions Options => new();

    protected virtual ContainerProperties Definition => new("things", "/pk");

    protected virtual ValueTask<CosmosClient> ConnectAsync() =>
        ValueTask.FromResult(Gateway.CreateClient());

    protected virtual ValueTask DisconnectAsync() => ValueTask.CompletedTask;

    protected async Task<Thing> PutAsync(Thing thing) =>
        await Things.UpsertItemAsync(thing, Key(thing), cancellationToken: Ct);

    protected async Task PutAllAsync(IEnumerable<Thing> things)
    {
        foreach (var thing in things)
        {
            await PutAsync(thing);
        }
    }

    protected static PartitionKey Key(Thing thing) => new(thing.Pk);

    /// <summary>All results of a query, page by page.</summary>
    protected Task<List<T>> QueryAsync<T>(string query, QueryRequestOptions? options = null) =>
        QueryAsync<T>(new QueryDefinition(query), options);

    protected async Task<List<T>> QueryAsync<T>(
        QueryDefinition query, QueryRequestOptions? options = null)
    {
        using var pages = Things.GetItemQueryIterator<T>(query, null, options);
        var all = new List<T>();
        while (pages.HasMoreResults)
        {
            all.AddRange(await pages.ReadNextAsync(Ct));
        }

        return all;
    }

    protected async Task<List<string>> IdsAsync(string query, QueryRequestOptions? options = null)
    {
        var found = await QueryAsync<JsonElement>(query, options);
        return [.. found.Select(item => item.GetProperty("id").GetString()!)];
    }

    /// <summary>The status with which a request fails.</summary>
    protected static async Task<CosmosException> FailsAsync(Func<Task> request) =>
        await Assert.ThrowsAsync<CosmosException>(request);
}
