namespace StreamCommerce.Ingest.Log.Groups;

/// <summary>
/// Which member of a consumer group owns a partition of a log, and how far the group has come in
/// it: what the members share, in words that no log's client library has.
/// </summary>
/// <remarks>The contract, which every adapter's tests check: an ownership is taken only over the
/// version that was read, so of several who want it one gets it; of places the last one written
/// wins; both are durable when a call completes. Faults are <see cref="IOException"/>. Any thread.
/// </remarks>
public interface IGroupPlaces
{
    /// <summary>The partitions that somebody owns, or has given back, in no order.</summary>
    ValueTask<IReadOnlyList<PartitionOwner>> ListOwnersAsync(GroupName group, CancellationToken ct);

    /// <summary>Takes a partition, or keeps it.</summary>
    /// <param name="group">Whose partition.</param>
    /// <param name="partition">Its id.</param>
    /// <param name="owner">Who wants it, another text for each member; empty to give it back.
    /// </param>
    /// <param name="version">The version that was read; null where nobody has ever owned it.
    /// </param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where somebody else was faster.</returns>
    ValueTask<PartitionOwner?> ClaimAsync(
        GroupName group, string partition, string owner, string? version, CancellationToken ct);

    /// <summary>How far the group has come in a partition; null where it has not begun.</summary>
    ValueTask<GroupPlace?> FindPlaceAsync(GroupName group, string partition, CancellationToken ct);

    /// <summary>Notes how far the group has come.</summary>
    ValueTask WritePlaceAsync(GroupName group, GroupPlace place, CancellationToken ct);

    /// <summary>The places of all groups of a log, in no order.</summary>
    ValueTask<IReadOnlyList<(string Group, GroupPlace Place)>> ListPlacesAsync(
        LogName log, CancellationToken ct);
}
