using System.Net;
using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>Makes the database and its containers, and says what is not as it should be.</summary>
public static class CosmosDatabase
{
    /// <summary>The least that a database with autoscale takes, request units a second.</summary>
    public const int AutoscaleMinimum = 1_000;

    // What is written to see that writing is allowed, and gone again at once.
    private const string Probe = "cloud-check";

    /// <summary>Makes what is missing; what is there stays as it is. Repeatable.</summary>
    /// <param name="client">The account.</param>
    /// <param name="options">Which database.</param>
    /// <param name="autoscaleMaximum">Request units a second that all containers together may
    /// use at most, in thousands from <see cref="AutoscaleMinimum"/>; null: the account is
    /// serverless.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="StoreUnavailableException">The account said no; the message is its.
    /// </exception>
    public static async Task<IReadOnlyList<string>> CreateAsync(
        CosmosClient client, CosmosOptions options, int? autoscaleMaximum, CancellationToken ct)
    {
        try
        {
            return await CreateAllAsync(client, options, autoscaleMaximum, ct);
        }
        catch (Exception fault) when (fault is CosmosException or HttpRequestException
            or AuthenticationFailedException)
        {
            throw new StoreUnavailableException(WhyNot(fault), fault);
        }
    }

    /// <summary>
    /// Asks the account for all that the shop needs: that it answers, that it may be written, that
    /// each container is there and is as the shop expects it.
    /// </summary>
    /// <returns>What is wrong and how to mend it; empty where all is right.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(
        CosmosClient client, CosmosOptions options, CancellationToken ct)
    {
        var wrong = new List<string>();
        try
        {
            CheckConsistency(await client.ReadAccountAsync().WaitAsync(ct), wrong);
            // The SDK sends nothing to an account that gives less than it is told to ask for.
            if (wrong.Count > 0) return wrong;
            var database = client.GetDatabase(options.Database);
            await database.ReadAsync(cancellationToken: ct);
            await CheckThroughputAsync(database, wrong, ct);
            foreach (var wanted in CosmosSchema.Containers)
                await CheckContainerAsync(database, wanted, wrong, ct);
            if (wrong.Count == 0) await TryWritingAsync(database, ct);
        }
        catch (CosmosException missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            wrong.Add($"There is no database {options.Database}: run `cloud init`.");
        }
        catch (Exception fault) when (fault is CosmosException or HttpRequestException
            or AuthenticationFailedException)
        {
            wrong.Add(WhyNot(fault));
        }
        return wrong;
    }

    private static async Task<IReadOnlyList<string>> CreateAllAsync(
        CosmosClient client, CosmosOptions options, int? autoscaleMaximum, CancellationToken ct)
    {
        var made = new List<string>();
        var throughput = autoscaleMaximum is { } most
            ? ThroughputProperties.CreateAutoscaleThroughput(most) : null;
        var database = await client.CreateDatabaseIfNotExistsAsync(
            options.Database, throughput, cancellationToken: ct);
        if (database.StatusCode == HttpStatusCode.Created) made.Add($"database {options.Database}");
        foreach (var wanted in CosmosSchema.Containers)
        {
            if (await TryCreateAsync(database.Database, wanted, ct))
                made.Add($"container {wanted.Id}");
        }
        return made;
    }

    private static async Task<bool> TryCreateAsync(
        Database database, ContainerProperties wanted, CancellationToken ct)
    {
        try
        {
            var container = await database.CreateContainerIfNotExistsAsync(
                wanted, cancellationToken: ct);
            return container.StatusCode == HttpStatusCode.Created;
        }
        // The SDK's way to say that it is there with another partition key.
        catch (ArgumentException other)
        {
            throw new StoreUnavailableException($"Container {wanted.Id} is there, but not " +
                $"partitioned by {wanted.PartitionKeyPath}: use another database.", other);
        }
    }

    // Weaker ones do not let a client read what it has just written.
    private static void CheckConsistency(AccountProperties account, List<string> wrong)
    {
        var level = account.Consistency.DefaultConsistencyLevel;
        if (level is ConsistencyLevel.Eventual or ConsistencyLevel.ConsistentPrefix)
        {
            wrong.Add($"The account's consistency is {level}, and the shop needs Session: run " +
                $"`az cosmosdb update --name {account.Id} --resource-group GROUP " +
                "--default-consistency-level Session`.");
        }
    }

    private static async Task CheckThroughputAsync(
        Database database, List<string> wrong, CancellationToken ct)
    {
        try
        {
            var offer = await database.ReadThroughputAsync(new RequestOptions(), ct);
            if (offer.Resource is { AutoscaleMaxThroughput: null, Throughput: { } fixedUnits })
            {
                wrong.Add($"Database {database.Id} has a fixed throughput of {fixedUnits} RU/s: " +
                    "switch it to autoscale in the portal, or a rush is answered 429.");
            }
        }
        // Without throughput of its own each container has one, or the account is serverless. And
        // only the key may ask: to an identity it is forbidden.
        catch (CosmosException none) when (none.StatusCode is HttpStatusCode.NotFound
            or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
        {
        }
    }

    private static async Task CheckContainerAsync(
        Database database, ContainerProperties wanted, List<string> wrong, CancellationToken ct)
    {
        ContainerProperties there;
        try
        {
            there = await database.GetContainer(wanted.Id)
                .ReadContainerAsync(cancellationToken: ct);
        }
        catch (CosmosException missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            wrong.Add($"There is no container {wanted.Id}: run `cloud init`.");
            return;
        }
        if (there.PartitionKeyPath != wanted.PartitionKeyPath)
        {
            wrong.Add($"Container {wanted.Id} is partitioned by {there.PartitionKeyPath}, not by " +
                $"{wanted.PartitionKeyPath}; that cannot be changed: use another database.");
        }
        // Of a longer key the older version hashes a part only, and refuses it beyond 100 bytes.
        else if (there.PartitionKeyDefinitionVersion is not PartitionKeyDefinitionVersion.V2)
        {
            wrong.Add($"Container {wanted.Id} was made for short partition keys (version 1); " +
                "that cannot be changed: use another database.");
        }
        if (there.DefaultTimeToLive != wanted.DefaultTimeToLive)
        {
            wrong.Add($"Container {wanted.Id} must have its time to live " +
                wanted.DefaultTimeToLive switch
                {
                    null => "off.",
                    -1 => "on, without a default.",
                    var seconds => $"on, {seconds} seconds.",
                });
        }
        var lacking = wanted.IndexingPolicy.IncludedPaths.Select(path => path.Path)
            .Except(there.IndexingPolicy.IncludedPaths.Select(path => path.Path)).ToList();
        if (there.IndexingPolicy.IncludedPaths.Any(path => path.Path == "/*"))
        {
            wrong.Add($"Container {wanted.Id} indexes everything, which each write pays for. " +
                "Replace its indexing policy, " + (lacking.Count == 0
                    ? "excluding /*." : $"including {string.Join(", ", lacking)} only."));
        }
        else if (lacking.Count > 0)
        {
            wrong.Add($"Container {wanted.Id} does not index {string.Join(", ", lacking)}: " +
                "queries by it read every document. Add it to the indexing policy.");
        }
    }

    private static async Task TryWritingAsync(Database database, CancellationToken ct)
    {
        var container = database.GetContainer(CosmosSchema.Operations);
        var probe = new ProbeDocument { Id = Probe };
        await container.UpsertItemAsync(probe, new PartitionKey(Probe), cancellationToken: ct);
        await container.DeleteItemAsync<ProbeDocument>(
            Probe, new PartitionKey(Probe), cancellationToken: ct);
    }

    private static string WhyNot(Exception fault) => fault is CosmosException cosmos
        ? cosmos.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "The account does not know the key or the identity: " +
                "check Cosmos:Key, or sign in (`az login`) and leave it empty.",
            HttpStatusCode.Forbidden => "The identity may not do that, or the account's firewall " +
                "refuses this machine: give it the role 'Cosmos DB Built-in Data Contributor', " +
                "and for `cloud init` one that may make containers (the key may).",
            HttpStatusCode.RequestTimeout or HttpStatusCode.ServiceUnavailable =>
                Unreachable(fault),
            _ => $"The account answered {(int)cosmos.StatusCode} ({cosmos.StatusCode}): " +
                cosmos.ResponseBody,
        }
        : Unreachable(fault);

    // Others' messages have many lines; the first says it.
    private static string Unreachable(Exception fault) =>
        $"The account cannot be reached: {fault.Message.Split('\n')[0].TrimEnd()} Check " +
        "Cosmos:Endpoint and the network.";

    private sealed record ProbeDocument
    {
        public required string Id { get; init; }
    }
}
