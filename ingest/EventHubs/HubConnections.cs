using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Storage.Blobs;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>How the options reach the service.</summary>
internal static class HubConnections
{
    public static EventHubConnection Open(EventHubsOptions options) =>
        options.ConnectionString is { Length: > 0 } text
            ? options.Hub is { Length: > 0 } hub
                ? new EventHubConnection(text, hub) : new EventHubConnection(text)
            : new EventHubConnection(options.Namespace, options.Hub, new DefaultAzureCredential());

    public static EventHubsRetryOptions Retries(EventHubsOptions options) => new()
    {
        Mode = EventHubsRetryMode.Exponential,
        MaximumRetries = options.RetryCount,
        Delay = options.RetryDelay,
        MaximumDelay = options.RetryDelay * (1 << options.RetryCount),
        TryTimeout = options.TryTimeout,
    };

    /// <summary>Where checkpoints are kept.</summary>
    public static HubCheckpoints OpenCheckpoints(EventHubsOptions options, TimeProvider time)
    {
        if (options.CheckpointContainer is not { } address) return new MemoryCheckpoints(time);
        var container = new Uri(address);
        return new BlobCheckpoints(container.Query.Contains("sig=", StringComparison.Ordinal)
            ? new BlobContainerClient(container, new BlobClientOptions())
            : new BlobContainerClient(
                container, new DefaultAzureCredential(), new BlobClientOptions()));
    }
}
