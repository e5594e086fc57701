using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// The account's client: one a process, since it keeps the connections, the addresses of the
/// partitions and the session tokens.
/// </summary>
public static class CosmosAccount
{
    /// <summary>
    /// A client that makes containers: the account lets only a few be made at a time, and the SDK
    /// waits as it says.
    /// </summary>
    public static CosmosClient OpenForSetup(CosmosOptions options) => Open(options, settings =>
        settings.MaxRetryAttemptsOnRateLimitedRequests = 30);

    /// <summary>Opens the client; nothing is sent yet.</summary>
    /// <param name="options">Where the account is, and how it is spoken to.</param>
    /// <param name="configure">Changes to the client's settings, for tests.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static CosmosClient Open(
        CosmosOptions options, Action<CosmosClientOptions>? configure = null)
    {
        options.Check();
        var settings = new CosmosClientOptions
        {
            ApplicationName = "StreamCommerce",
            ConnectionMode = options.DirectMode ? ConnectionMode.Direct : ConnectionMode.Gateway,
            // The shop needs its own writes to be seen, and monotonic reads: no more.
            ConsistencyLevel = ConsistencyLevel.Session,
            EnableContentResponseOnWrite = false,
            UseSystemTextJsonSerializerWithOptions = CosmosJson.Options,
            // Repetitions are counted in one place, on the shop's clock: CosmosRequests. There a
            // request's time also ends those of the SDK that have no option: of 449, and of what
            // found no connection, which it repeats for minutes to find the account's regions.
            MaxRetryAttemptsOnRateLimitedRequests = 0,
            RequestTimeout = options.RequestTimeout,
            // Bulk stays off: it holds each request back, up to a second, until a batch is full,
            // and a buyer would wait for it. An import sends its products side by side instead.
            AllowBulkExecution = false,
        };
        if (options.PreferredRegions.Count > 0)
            settings.ApplicationPreferredRegions = [.. options.PreferredRegions];
        if (options.ReadHedgeDelay > TimeSpan.Zero)
        {
            // Reads alone: the SDK hedges writes only where it is told to, and it is not.
            settings.AvailabilityStrategy = AvailabilityStrategy.CrossRegionHedgingStrategy(
                options.ReadHedgeDelay, options.ReadHedgeDelay);
        }
        configure?.Invoke(settings);
        return options.Key.Length > 0
            ? new(options.Endpoint, options.Key, settings)
            : new(options.Endpoint, new DefaultAzureCredential(), settings);
    }
}
