using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// What a consumer does with the events of a partition: one call a partition at a time, in order.
/// </summary>
public sealed record HubHandler
{
    /// <summary>
    /// Handles a partition's events, which are new by sequence number and id; durable when it
    /// completes, since the checkpoint follows. An <see cref="IOException"/> is the world's fault:
    /// tried again, and given up with the partition for now. Any other fault is an event's: they
    /// are then handled one by one, and what fails is set aside.
    /// </summary>
    public required Func<int, ReadOnlyMemory<LoggedEvent>, CancellationToken, Task> Handle
    {
        get; init;
    }

    /// <summary>Keeps an event that cannot be read or handled, with the reason, for a person to
    /// look at; durable when it completes. Its faults are the world's.</summary>
    public required Func<int, LoggedEvent, string, CancellationToken, Task> SetAside { get; init; }

    /// <summary>The next offset that a partition's own state expects; null where there is no
    /// state, and the checkpoint says. By default there is none.</summary>
    public Func<int, CancellationToken, Task<long?>> FindNext { get; init; } =
        (_, _) => Task.FromResult<long?>(null);
}

