using System.Globalization;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// What a partition's sender could not send: an embedded log of one partition in a directory of
/// its own, which is there only while something is in it. Its sender's alone; appending and
/// reading may go on at the same time.
/// </summary>
internal sealed class HubSpill : IAsyncDisposable
{
    private const string Drain = "drain";
    private const int ReadCount = 500;

    private readonly EmbeddedLogOptions _options;
    private readonly string _drained;
    private readonly long _bytesLimit;
    private readonly TimeProvider _time;
    private EmbeddedEventLog? _log;

    /// <summary>Opens what an earlier run has left.</summary>
    /// <exception cref="IOException">It is damaged, or another process has it open.</exception>
    public HubSpill(EventHubsOptions options, int partition, TimeProvider time)
    {
        var directory = Path.Combine(options.SpillDirectory,
            string.Create(CultureInfo.InvariantCulture, $"p{partition:D2}"));
        _options = new EmbeddedLogOptions { Directory = directory, PartitionCount = 1 };
        _drained = directory + ".drained";
        (_bytesLimit, _time) = (options.SpillBytes, time);
        DeleteDrained();
        if (Directory.Exists(directory)) _log = Open();
    }

    /// <summary>Whether nothing waits to be drained.</summary>
    public bool IsEmpty => _log is null;

    /// <summary>Where the next event goes.</summary>
    public long NextOffset => Log.GetStatus(0).NextOffset;

    private EmbeddedEventLog Log =>
        _log ?? throw new InvalidOperationException("The spill is empty.");

    /// <summary>Completes when the events are durable.</summary>
    /// <exception cref="LogAppendException">The spill is full, or its disk fails.</exception>
    public async Task AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        CheckRoom();
        _log ??= Open();
        foreach (var part in events.Chunk(EventRules.BatchCountLimit))
            await _log.AppendAsync(part, ct);
    }

    /// <summary>The first event that was not noted as drained.</summary>
    public async ValueTask<long> FindDrainedAsync(CancellationToken ct)
    {
        var notes = await Log.GetCheckpointsAsync(ct);
        return notes.FirstOrDefault(note => note.Consumer == Drain).NextOffset;
    }

    /// <summary>Reads in order, and waits at the end.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        long from, CancellationToken ct) => Log.ReadAsync(0, from, ReadCount, ct);

    /// <summary>Notes how far it is drained; after a power cut some are drained again.</summary>
    public ValueTask NoteDrainedAsync(long next, CancellationToken ct) =>
        Log.CommitCheckpointAsync(Drain, 0, next, ct);

    /// <summary>Removes all of it.</summary>
    public async ValueTask RemoveAsync()
    {
        await Log.DisposeAsync();
        _log = null;
        // In one step: half of a log would look like a damaged one.
        Directory.Move(_options.Directory, _drained);
        DeleteDrained();
    }

    public async ValueTask DisposeAsync()
    {
        if (_log is not null) await _log.DisposeAsync();
    }

    private EmbeddedEventLog Open()
    {
        try
        {
            return EmbeddedEventLog.Open(_options, _time);
        }
        catch (IOException e) when (e.InnerException is not null)
        {
            // Its own advice names the embedded log's keys.
            throw new IOException($"The spill in {_options.Directory} cannot be opened; each " +
                $"instance needs its own {EventHubsOptions.Section}:" +
                $"{nameof(EventHubsOptions.SpillDirectory)}.", e);
        }
    }

    private void CheckRoom()
    {
        if (_bytesLimit == 0)
        {
            throw new LogAppendException("The hub cannot be reached, and " +
                $"{EventHubsOptions.Section}:{nameof(EventHubsOptions.SpillBytes)} is 0: nothing " +
                "is kept here.");
        }
        if (_log is not null && _log.GetStatus(0).Bytes >= _bytesLimit)
        {
            throw new LogAppendException($"The hub cannot be reached, and the spill in " +
                $"{_options.Directory} is full ({_bytesLimit} bytes; " +
                $"{EventHubsOptions.Section}:{nameof(EventHubsOptions.SpillBytes)}).");
        }
    }

    private void DeleteDrained()
    {
        if (Directory.Exists(_drained)) Directory.Delete(_drained, recursive: true);
    }
}
