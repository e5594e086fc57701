using StreamCommerce.Tests.Cosmos.Gateway.Containers;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// Changes of one partition key that become visible together or not at all. Under the partition's
/// gate from the first look to the commit; what is not committed never was.
/// </summary>
internal sealed class ItemTransaction(
    StoredContainer container, PartitionKeyValue key, PhysicalPartition partition, string epk,
    long now)
{
    // At most 100 operations: a list is searched faster than a table is made.
    private readonly List<(string Id, StoredItem? Version)> _changes = new(1);

    public StoredContainer Container { get; } = container;

    public ContainerDefinition Definition { get; } = container.Definition;

    public PartitionKeyValue Key { get; } = key;

    public string Epk { get; } = epk;

    /// <summary>Seconds since 1970.</summary>
    public long Now { get; } = now;

    /// <summary>The number that all of this transaction's changes will bear.</summary>
    public long Lsn { get; } = partition.Lsn + 1;

    /// <summary>Tells the versions of one transaction apart.</summary>
    public int Count => _changes.Count;

    public StoredItem? Find(string id)
    {
        for (var i = _changes.Count - 1; i >= 0; i--)
        {
            if (_changes[i].Id == id)
            {
                return _changes[i].Version;
            }
        }

        return partition.Find(Key, id, Now);
    }

    public void Put(StoredItem item) => _changes.Add((item.Id, item));

    public void Delete(string id) => _changes.Add((id, null));

    /// <summary>Whether another item of the key has one of these values.</summary>
    public bool IsTaken(string id, IReadOnlyList<string> uniqueValues)
    {
        if (uniqueValues.Count == 0)
        {
            return false;
        }

        var others = partition.Of(Key, Now).Select(item => item.Id)
            .Concat(_changes.Select(change => change.Id)).Distinct(StringComparer.Ordinal)
            .Where(other => other != id);
        return others.Select(Find).OfType<StoredItem>().Any(item =>
            item.UniqueValues.Zip(uniqueValues).Any(pair => pair.First == pair.Second));
    }

    public void Commit()
    {
        if (_changes.Count == 0)
        {
            return;
        }

        // Of an item that was changed twice only the last version was ever there.
        var last = _changes.Count == 1
            ? _changes
            : [.. _changes.Where((change, i) =>
                _changes.FindLastIndex(other => other.Id == change.Id) == i)];
        partition.Commit(Key, last);
    }
}
