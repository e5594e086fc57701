using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Sessions;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// The items of one range of partition keys, and the order of their last changes. All state belongs
/// to whoever holds <see cref="Gate"/>; a request holds it from its first look to its last
/// write, so that each is atomic. Expired items count as absent and leave when they are met.
/// </summary>
internal sealed class PhysicalPartition(int number, UInt128 from, UInt128 to)
{
    private readonly Dictionary<PartitionKeyValue, Dictionary<string, StoredItem>> _items = [];
    private readonly LinkedList<StoredItem> _changes = [];
    private readonly Dictionary<string, HeldReplica> _held = new(StringComparer.Ordinal);

    public Lock Gate { get; } = new();

    public string Id { get; } =
        number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>As the service writes a range: the first begins with nothing, the last ends at
    /// FF.</summary>
    public string MinInclusive { get; } = from == 0 ? "" : EffectivePartitionKey.Text(from);

    public string MaxExclusive { get; } =
        to == EffectivePartitionKey.End ? "FF" : EffectivePartitionKey.Text(to);

    /// <summary>Number of the last change; the first is 1.</summary>
    public long Lsn { get; private set; }

    /// <summary>The newest changes last; of each item only its newest version.</summary>
    public LinkedList<StoredItem> Changes => _changes;

    public StoredItem? Find(PartitionKeyValue key, string id, long now)
    {
        if (!_items.TryGetValue(key, out var partition)
            || !partition.TryGetValue(id, out var item))
        {
            return null;
        }

        if (item.IsAlive(now))
        {
            return item;
        }

        Drop(item);
        return null;
    }

    /// <summary>The living items of one key.</summary>
    public IEnumerable<StoredItem> Of(PartitionKeyValue key, long now) =>
        _items.TryGetValue(key, out var partition)
            ? partition.Values.Where(item => item.IsAlive(now))
            : [];

    public IEnumerable<StoredItem> All(long now) =>
        _items.Values.SelectMany(partition => partition.Values)
            .Where(item => item.IsAlive(now));

    /// <summary>Makes changes visible as one: all bear the next number.</summary>
    /// <param name="key">The partition key of all of them.</param>
    /// <param name="changes">New versions; null where the item is deleted.</param>
    public void Commit(
        PartitionKeyValue key, IReadOnlyList<(string Id, StoredItem? Version)> changes)
    {
        Lsn++;
        foreach (var (id, version) in changes)
        {
            var before = _items.TryGetValue(key, out var partition)
                ? partition.GetValueOrDefault(id)
                : null;
            foreach (var held in _held.Values)
            {
                held.Keep(key, id, before, Lsn);
            }

            if (before is not null)
            {
                Drop(before);
            }

            if (version is not null)
            {
                Add(version);
            }
        }
    }

    /// <summary>What there is, in the order of the changes.</summary>
    public IReadOnlyList<StoredItem> Keep() => [.. _changes];

    /// <summary>Puts back what was kept; numbers of changes go on, so that whoever has seen more
    /// is not behind.</summary>
    public void Restore(IReadOnlyList<StoredItem> kept)
    {
        _items.Clear();
        _changes.Clear();
        Lsn++;
        foreach (var item in kept)
        {
            Add(item);
        }
    }

    /// <summary>From now on reads of a region see what is now.</summary>
    /// <param name="region">Which.</param>
    /// <param name="comesAlong">Whether they see, too, what their session has seen later.</param>
    public void Hold(string region, bool comesAlong) =>
        _held[region] = new HeldReplica(Lsn, comesAlong);

    public void Release(string region) => _held.Remove(region);

    /// <summary>The region's replica, where it stands still; null where it has seen all.</summary>
    /// <param name="region">Which.</param>
    /// <param name="session">The token of the session that asks; null for none.</param>
    public HeldReplica? HeldBy(string region, string? session)
    {
        if (_held.Count == 0 || !_held.TryGetValue(region, out var held))
        {
            return null;
        }

        if (session is not null)
        {
            held.Meet(SessionTokens.LsnOf(session, Id));
        }

        return held;
    }

    private void Add(StoredItem item)
    {
        if (!_items.TryGetValue(item.Key, out var partition))
        {
            partition = new(StringComparer.Ordinal);
            _items.Add(item.Key, partition);
        }

        partition[item.Id] = item;
        item.Place = _changes.AddLast(item);
    }

    private void Drop(StoredItem item)
    {
        var partition = _items[item.Key];
        partition.Remove(item.Id);
        if (partition.Count == 0)
        {
            _items.Remove(item.Key);
        }

        if (item.Place is { List: not null } place)
        {
            _changes.Remove(place);
        }
    }
}
