using System.Globalization;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>How the options reach the service.</summary>
internal static class HubConnections
{
    private const int PartitionCountLimit = 32;

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

    /// <summary>Where the options say that places are kept; null where they say nothing.</summary>
    public static IGroupPlaces? OpenPlaces(EventHubsOptions options)
    {
        if (options.CheckpointContainer is not { } address) return null;
        var container = new Uri(address);
        return new BlobGroupPlaces(container.Query.Contains("sig=", StringComparison.Ordinal)
            ? new BlobContainerClient(container, new BlobClientOptions())
            : new BlobContainerClient(
                container, new DefaultAzureCredential(), new BlobClientOptions()));
    }

    /// <summary>The ids of a hub's partitions, which are their numbers.</summary>
    /// <exception cref="IOException">It does not answer.</exception>
    /// <exception cref="ArgumentException">It has more than are read here.</exception>
    public static async Task<string[]> FindPartitionsAsync(
        this EventHubProducerClient producer, CancellationToken ct)
    {
        string[] ids;
        try
        {
            ids = await producer.GetPartitionIdsAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw e.ToIOException($"The hub {producer.EventHubName} in " +
                $"{producer.FullyQualifiedNamespace} does not answer");
        }
        if (ids.Length > PartitionCountLimit)
        {
            throw new ArgumentException($"{EventHubsOptions.Section}:" +
                $"{nameof(EventHubsOptions.Hub)}: {producer.EventHubName} has {ids.Length} " +
                $"partitions; at most {PartitionCountLimit} are read here.");
        }
        var numbers = IdsOf(ids.Length);
        return numbers.Except(ids, StringComparer.Ordinal).Any()
            ? throw new IOException($"The hub {producer.EventHubName} has partitions " +
                $"{string.Join(", ", ids)}, not 0 to {ids.Length - 1}.")
            : numbers;
    }

    /// <summary>The ids of so many partitions.</summary>
    public static string[] IdsOf(int partitionCount) =>
        [.. Enumerable.Range(0, partitionCount)
            .Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
