using StreamCommerce.Tests.Cosmos.Gateway.Containers;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// A replica that stands still at one moment, while the others go on: for each item that has
/// changed since, what it was. Under its partition's gate.
/// </summary>
internal sealed class HeldReplica(long lsn)
{
    private readonly Dictionary<(PartitionKeyValue Key, string Id), StoredItem?> _before = [];

    /// <summary>The last change that the replica has seen.</summary>
    public long Lsn { get; } = lsn;

    public void Keep(PartitionKeyValue key, string id, StoredItem? before) =>
        _before.TryAdd((key, id), before);

    public StoredItem? Find(PartitionKeyValue key, string id, StoredItem? current) =>
        _before.TryGetValue((key, id), out var before) ? before : current;

    /// <summary>What the replica has of the partition.</summary>
    /// <param name="current">What the partition has.</param>
    /// <param name="key">Of one partition key only, or null.</param>
    public IEnumerable<StoredItem> All(IEnumerable<StoredItem> current, PartitionKeyValue? key) =>
        current.Where(item => !_before.ContainsKey((item.Key, item.Id)))
            .Concat(_before.Values.OfType<StoredItem>()
                .Where(item => key is null || item.Key == key));
}
