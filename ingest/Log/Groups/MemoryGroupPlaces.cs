using System.Globalization;

namespace StreamCommerce.Ingest.Log.Groups;

/// <summary>The reference: the places of one process, for as long as it runs.</summary>
public sealed class MemoryGroupPlaces(TimeProvider time) : IGroupPlaces
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(GroupName Group, string Partition), PartitionOwner> _owners = [];
    private readonly Dictionary<(GroupName Group, string Partition), GroupPlace> _places = [];
    private long _versions;

    public ValueTask<IReadOnlyList<PartitionOwner>> ListOwnersAsync(
        GroupName group, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<PartitionOwner>>(
                [.. _owners.Where(kept => kept.Key.Group == group).Select(kept => kept.Value)]);
        }
    }

    public ValueTask<PartitionOwner?> ClaimAsync(
        GroupName group, string partition, string owner, string? version, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_owners.GetValueOrDefault((group, partition))?.Version != version)
                return ValueTask.FromResult<PartitionOwner?>(null);
            var claimed = new PartitionOwner(partition, owner, time.GetUtcNow(),
                (++_versions).ToString(CultureInfo.InvariantCulture));
            _owners[(group, partition)] = claimed;
            return ValueTask.FromResult<PartitionOwner?>(claimed);
        }
    }

    public ValueTask<GroupPlace?> FindPlaceAsync(
        GroupName group, string partition, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
            return ValueTask.FromResult(_places.GetValueOrDefault((group, partition)));
    }

    public ValueTask WritePlaceAsync(GroupName group, GroupPlace place, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate) _places[(group, place.Partition)] = place with { At = time.GetUtcNow() };
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<(string Group, GroupPlace Place)>> ListPlacesAsync(
        LogName log, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<(string Group, GroupPlace Place)>>(
                [.. _places.Where(kept => kept.Key.Group.Log == log)
                    .Select(kept => (kept.Key.Group.Group, kept.Value))]);
        }
    }
}
