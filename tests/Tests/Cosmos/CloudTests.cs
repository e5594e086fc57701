using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

/// <summary>What <c>cloud init</c> makes and what <c>cloud check</c> finds.</summary>
public sealed class CloudTests : IAsyncDisposable
{
    private readonly CosmosGateway _gateway = new(
        new FakeTimeProvider(ShopFixture.Start));
    private readonly CosmosOptions _options;
    private readonly CosmosClient _client;

    public CloudTests()
    {
        _options = OptionsOf(_gateway.Key);
        _client = Open(_options);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task All_is_made_once()
    {
        var made = await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct);

        Assert.Equal(
            ["database streamcommerce",
                .. CosmosSchema.Containers.Select(wanted => $"container {wanted.Id}")],
            made);
        Assert.Empty(await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct));
    }

    [Fact]
    public async Task With_what_was_made_nothing_is_wrong()
    {
        await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct);

        Assert.Empty(await CheckAsync());
        Assert.Empty(_gateway.ItemsOf(_options.Database, CosmosSchema.Operations));
    }

    [Fact]
    public async Task On_an_account_without_throughput_of_its_own_nothing_is_wrong()
    {
        await CosmosDatabase.CreateAsync(_client, _options, null, Ct);

        Assert.Empty(await CheckAsync());
    }

    [Fact]
    public async Task Where_nothing_is_there_it_says_what_makes_it() => Assert.Equal(
        ["There is no database streamcommerce: run `cloud init`."], await CheckAsync());

    [Fact]
    public async Task Each_container_that_is_missing_is_named()
    {
        await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct);
        await Shop.GetContainer(CosmosSchema.Carts).DeleteContainerAsync(cancellationToken: Ct);
        await Shop.GetContainer(CosmosSchema.Stock).DeleteContainerAsync(cancellationToken: Ct);

        Assert.Equal(
            ["There is no container stock: run `cloud init`.",
                "There is no container carts: run `cloud init`."],
            await CheckAsync());
    }

    [Fact]
    public async Task What_is_missing_is_made_beside_what_is_there()
    {
        await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct);
        await Shop.GetContainer(CosmosSchema.Carts).DeleteContainerAsync(cancellationToken: Ct);

        Assert.Equal(["container carts"],
            await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct));
    }

    [Fact]
    public async Task A_container_that_is_partitioned_otherwise_needs_another_database()
    {
        await MakeAsync(CosmosSchema.Orders, right => new(right.Id, "/customer")
        {
            IndexingPolicy = right.IndexingPolicy,
        });

        Assert.Equal(
            ["Container orders is partitioned by /customer, not by /order; that cannot be " +
                "changed: use another database."],
            await CheckAsync());
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            CosmosDatabase.CreateAsync(_client, _options, null, Ct));
        Assert.EndsWith("use another database.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_documents_do_not_end_by_themselves_it_says_what_to_switch_on()
    {
        await MakeAsync(CosmosSchema.Carts, right => new(right.Id, right.PartitionKeyPath)
        {
            IndexingPolicy = right.IndexingPolicy,
        });

        Assert.Equal(
            ["Container carts must have its time to live on, without a default."],
            await CheckAsync());
    }

    [Fact]
    public async Task A_path_that_is_not_indexed_is_named()
    {
        await MakeAsync(CosmosSchema.Orders, right =>
        {
            var policy = new IndexingPolicy();
            foreach (var path in right.IndexingPolicy.IncludedPaths.Where(
                path => path.Path is not ("/dueAt/?" or "/state/?")))
            {
                policy.IncludedPaths.Add(new() { Path = path.Path });
            }
            policy.ExcludedPaths.Add(new() { Path = "/*" });
            return new(right.Id, right.PartitionKeyPath) { IndexingPolicy = policy };
        });

        Assert.Equal(
            ["Container orders does not index /state/?, /dueAt/?: queries by it read every " +
                "document. Add it to the indexing policy."],
            await CheckAsync());
    }

    [Fact]
    public async Task A_container_that_indexes_everything_is_told()
    {
        await MakeAsync(CosmosSchema.Operations, right => new(right.Id, right.PartitionKeyPath));

        Assert.Equal(
            ["Container operations indexes everything, which each write pays for. Replace its " +
                "indexing policy, including /pending/movement/at/? only."],
            await CheckAsync());
    }

    [Fact]
    public async Task A_throughput_that_does_not_grow_is_told()
    {
        await _client.CreateDatabaseAsync(_options.Database, 1_000, cancellationToken: Ct);
        await CosmosDatabase.CreateAsync(_client, _options, null, Ct);

        Assert.StartsWith("Database streamcommerce has a fixed throughput of 1000 RU/s: switch",
            Assert.Single(await CheckAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_with_weaker_consistency_is_told_how_to_change_it()
    {
        var gateway = new CosmosGateway(
            new FakeTimeProvider(ShopFixture.Start), new() { Consistency = "Eventual" });
        using var client = CosmosAccount.Open(_options, settings =>
            settings.HttpClientFactory = () => new(gateway.Handler, disposeHandler: false));

        var found = Assert.Single(await CosmosDatabase.CheckAsync(client, _options, Ct));

        Assert.StartsWith("The account's consistency is Eventual, and the shop needs Session: run",
            found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_told_by_both()
    {
        var options = OptionsOf(Convert.ToBase64String("another key"u8));
        using var client = Open(options);

        var found = Assert.Single(await CosmosDatabase.CheckAsync(client, options, Ct));
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            CosmosDatabase.CreateAsync(client, options, 4_000, Ct));

        Assert.Contains("check Cosmos:Key", found, StringComparison.Ordinal);
        Assert.Equal(found, refused.Message);
    }

    [Fact]
    public async Task An_identity_that_may_not_write_is_told_which_role_it_needs()
    {
        await CosmosDatabase.CreateAsync(_client, _options, 4_000, Ct);
        _gateway.Faults = request => request.IsWrite ? Fault.Status(403) : null;

        Assert.Contains("Cosmos DB Built-in Data Contributor",
            Assert.Single(await CheckAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_cannot_be_reached_is_told()
    {
        _gateway.Faults = request => request.Kind == RequestKind.ReadAccount
            ? Fault.LostBefore(Loss.Disconnect) : null;

        var found = Assert.Single(await CheckAsync());

        Assert.StartsWith("The account cannot be reached: ", found, StringComparison.Ordinal);
        Assert.EndsWith("Check Cosmos:Endpoint and the network.", found, StringComparison.Ordinal);
    }

    private Database Shop => _client.GetDatabase(_options.Database);

    private CosmosOptions OptionsOf(string key) => new()
    {
        Endpoint = _gateway.Endpoint.ToString(),
        Key = key,
    };

    private CosmosClient Open(CosmosOptions options) => CosmosAccount.Open(options, settings =>
        settings.HttpClientFactory = () => new(_gateway.Handler, disposeHandler: false));

    private Task<IReadOnlyList<string>> CheckAsync() =>
        CosmosDatabase.CheckAsync(_client, _options, Ct);

    /// <summary>Makes all, but one container in another way.</summary>
    private async Task MakeAsync(
        string container, Func<ContainerProperties, ContainerProperties> change)
    {
        await CosmosDatabase.CreateAsync(_client, _options, null, Ct);
        await Shop.GetContainer(container).DeleteContainerAsync(cancellationToken: Ct);
        await Shop.CreateContainerAsync(
            change(CosmosSchema.Containers.Single(wanted => wanted.Id == container)),
            cancellationToken: Ct);
    }
}
