using StreamCommerce.Tests.Cosmos.Gateway.Containers;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// A replica that stands still at one moment, while the others go on: for each item that has
/// changed since, what it was. Under its partition's gate.
/// </summary>
/// <param name="lsn">The last change that the replica has seen.</param>
/// <param name="comesAlong">Whether it comes as far as a session that asks has, and no further;
/// else it is behind such a session.</param>
internal sealed class HeldReplica(long lsn, bool comesAlong)
{
    // By the numbers of the changes, the oldest first.
    private readonly Dictionary<(PartitionKeyValue Key, string Id), List<Change>> _changes = [];

    private readonly record struct Change(long Lsn, StoredItem? Before);

    /// <summary>The last change that the replica has seen.</summary>
    public long Lsn { get; private set; } = lsn;

    /// <summary>A session that has seen a change asks.</summary>
    public void Meet(long sessionLsn)
    {
        if (comesAlong) Lsn = Math.Max(Lsn, sessionLsn);
    }

    /// <summary>What an item was before a change.</summary>
    public void Keep(PartitionKeyValue key, string id, StoredItem? before, long changedAt)
    {
        if (!_changes.TryGetValue((key, id), out var changes))
        {
            _changes.Add((key, id), changes = []);
        }

        changes.Add(new(changedAt, before));
    }

    public StoredItem? Find(PartitionKeyValue key, string id, StoredItem? current) =>
        IsUnseen(key, id, out var before) ? before : current;

    /// <summary>What the replica has of the partition.</summary>
    /// <param name="current">What the partition has.</param>
    /// <param name="key">Of one partition key only, or null.</param>
    public IEnumerable<StoredItem> All(IEnumerable<StoredItem> current, PartitionKeyValue? key) =>
        current.Where(item => !IsUnseen(item.Key, item.Id, out _))
            .Concat(_changes.Keys
                .Select(item => IsUnseen(item.Key, item.Id, out var before) ? before : null)
                .OfType<StoredItem>()
                .Where(item => key is null || item.Key == key));

    private bool IsUnseen(PartitionKeyValue key, string id, out StoredItem? before)
    {
        before = null;
        if (!_changes.TryGetValue((key, id), out var changes))
        {
            return false;
        }

        foreach (var change in changes)
        {
            if (change.Lsn > Lsn)
            {
                before = change.Before;
                return true;
            }
        }

        return false;
    }
}
