namespace StreamCommerce.Ingest.EventHubs;

/// <summary>What waits on this machine for the hub to take it.</summary>
/// <param name="Since">Since when the hub is away, or the oldest event waits.</param>
/// <param name="Partitions">Partitions with events that wait.</param>
/// <param name="Events">Events that wait.</param>
/// <param name="Bytes">Their bytes on the disk, and those of events that were sent since.</param>
public readonly record struct SpillStatus(
    DateTimeOffset Since, int Partitions, long Events, long Bytes);
