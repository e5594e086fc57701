using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>
/// Which items a query or a feed is about: those of one partition key, or of one physical
/// partition, or of a part of its range. The gateway does not spread requests itself; the SDK
/// does.
/// </summary>
internal sealed class FeedScope
{
    private readonly PartitionKeyValue? _key;
    private readonly string? _from;
    private readonly string? _to;

    /// <exception cref="GatewayException">The request says no scope, or one over several
    /// partitions.</exception>
    public FeedScope(GatewayMessage message, StoredContainer container)
    {
        if (message.Header(HeaderNames.PartitionKey) is { } header)
        {
            _key = PartitionKeyValue.OfHeader(header);
            Partition = container.PartitionOf(_key.Value, out _);
            return;
        }

        if (message.Header(HeaderNames.ReadKeyType) is { } type)
        {
            if (type != "EffectivePartitionKeyRange")
            {
                throw GatewayException.NotSpoken($"the read key type {type}");
            }

            (_from, _to) = (
                message.Header(HeaderNames.StartEpk) ?? "",
                message.Header(HeaderNames.EndEpk) ?? "FF");
        }

        var rangeId = message.Header(HeaderNames.PartitionKeyRangeId);
        Partition = rangeId is not null
            ? container.PartitionById(rangeId)
            : container.Partitions.FirstOrDefault(partition =>
                _from is not null && Compare(partition.MinInclusive, _from) <= 0
                && Compare(_to!, partition.MaxExclusive) <= 0)
            ?? throw GatewayException.BadRequest(
                "A query or a feed needs a partition key or a partition key range.");
    }

    public PhysicalPartition Partition { get; }

    /// <summary>The items of the scope, as the replica of a region has them.</summary>
    public IEnumerable<StoredItem> Items(HeldReplica? replica, long now)
    {
        var current = _key is { } key ? Partition.Of(key, now) : Partition.All(now);
        var items = replica is null
            ? current
            : replica.All(current, _key).Where(item => item.IsAlive(now));
        return _from is null ? items : items.Where(IsInScope);
    }

    public bool IsInScope(StoredItem item) =>
        (_key is null || item.Key == _key)
        && (_from is null || (Compare(_from, item.Epk) <= 0 && Compare(item.Epk, _to!) < 0));

    private static int Compare(string left, string right) =>
        string.CompareOrdinal(left, right);
}
