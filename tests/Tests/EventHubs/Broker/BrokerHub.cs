using Amqp;
using StreamCommerce.Ingest.EventHubs;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>A hub: its partitions and its consumer groups. It outlives the broker's listener.
/// </summary>
internal sealed class BrokerHub(string name, int partitionCount, TimeProvider time)
{
    /// <summary>Readers without an owner level that a partition admits in a group.</summary>
    public const int ReaderLimit = 5;

    private int _turn;

    public string Name => name;

    public DateTimeOffset MadeAt { get; } = time.GetUtcNow();

    public IReadOnlyList<BrokerPartition> Partitions { get; } =
        [.. Enumerable.Range(0, partitionCount).Select(i => new BrokerPartition(i, time))];

    public HashSet<string> Groups { get; } = new(StringComparer.OrdinalIgnoreCase) { "$Default" };

    /// <summary>Stores messages that belong together in one partition.</summary>
    public void Append(IReadOnlyList<Message> messages, int? partition, string? key)
    {
        var number = partition ?? (key is not null
            ? PartitionKeyHash.PartitionOf(key, Partitions.Count)
            : (Interlocked.Increment(ref _turn) & int.MaxValue) % Partitions.Count);
        Partitions[number].Append(messages, key);
    }
}
