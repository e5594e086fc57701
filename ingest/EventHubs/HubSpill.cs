using System.Globalization;
using System.Runtime.CompilerServices;
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
    // Events that are read, and sent, at once.
    internal const int ReadCount = 500;

    private readonly EmbeddedLogOptions _options;
    private readonly string _drained;
    private readonly long _bytesLimit;
    private readonly TimeProvider _time;
    private EmbeddedEventLog? _log;
    // For those who ask how much waits, whatever the log is doing.
    private long _next;
    private long _drainedTo;
    private long _bytes;
    private long _oldestTicks;

    private HubSpill(EventHubsOptions options, int partition, TimeProvider time)
    {
        var directory = DirectoryOf(options, partition);
        _options = new EmbeddedLogOptions { Directory = directory, PartitionCount = 1 };
        _drained = directory + ".drained";
        (_bytesLimit, _time) = (options.SpillBytes, time);
    }

    /// <summary>Opens what an earlier run has left.</summary>
    /// <exception cref="IOException">It is damaged, or another process has it open.</exception>
    public static async Task<HubSpill> OpenAsync(
        EventHubsOptions options, int partition, TimeProvider time, CancellationToken ct)
    {
        var spill = new HubSpill(options, partition, time);
        spill.DeleteDrained();
        if (!Directory.Exists(spill._options.Directory)) return spill;
        try
        {
            spill._log = spill.Open();
            spill._oldestTicks = time.GetUtcNow().UtcTicks;
            spill.Measure();
            var next = await spill.FindDrainedAsync(ct);
            // The read notes the time of the first.
            if (next < spill.NextOffset)
            {
                await foreach (var _ in spill.ReadAsync(next, ct)) break;
            }
            return spill;
        }
        catch
        {
            await spill.DisposeAsync();
            throw;
        }
    }

    /// <summary>The partitions that have a spill here, of whatever hub.</summary>
    public static IReadOnlyList<int> FindPartitions(EventHubsOptions options)
    {
        var found = new List<int>();
        if (!Directory.Exists(options.SpillDirectory)) return found;
        foreach (var path in Directory.EnumerateDirectories(options.SpillDirectory, "p*"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan())[1..], NumberStyles.None,
                CultureInfo.InvariantCulture, out var partition))
            {
                found.Add(partition);
            }
        }
        found.Sort();
        return found;
    }

    /// <summary>Where a partition's spill is while there is one.</summary>
    public static string DirectoryOf(EventHubsOptions options, int partition) => Path.Combine(
        options.SpillDirectory, string.Create(CultureInfo.InvariantCulture, $"p{partition:D2}"));

    /// <summary>Events of a spill that another process may have open; null where there is none.
    /// </summary>
    /// <exception cref="LogCorruptException">It is damaged.</exception>
    public static SpillInspection? Inspect(
        EventHubsOptions options, int partition, CancellationToken ct)
    {
        var directory = DirectoryOf(options, partition);
        if (!Directory.Exists(directory)) return null;
        var found = LogInspection.OfDirectory(directory, ct);
        var events = found.Consumers.Where(note => note.Consumer == Drain)
            .Select(note => note.Lag)
            .Append(found.Partitions[0].NextOffset - found.Partitions[0].FirstOffset).First();
        return new(events, found.Partitions[0].Bytes, found.Partitions[0].Damage);
    }

    /// <summary>Whether nothing waits to be drained.</summary>
    public bool IsEmpty => _log is null;

    /// <summary>Events that wait, what the disk keeps for them, and since when the oldest does;
    /// null where none do. Any thread.</summary>
    public SpillStatus? Status => Volatile.Read(ref _oldestTicks) is > 0 and var ticks
        ? new(new(ticks, TimeSpan.Zero), 1,
            Volatile.Read(ref _next) - Volatile.Read(ref _drainedTo), Volatile.Read(ref _bytes))
        : null;

    /// <summary>Where the next event goes.</summary>
    public long NextOffset => Log.GetStatus(0).NextOffset;

    private EmbeddedEventLog Log =>
        _log ?? throw new InvalidOperationException("The spill is empty.");

    /// <summary>Completes when the events are durable.</summary>
    /// <exception cref="LogAppendException">The spill is full, or its disk fails.</exception>
    public async Task AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        CheckRoom();
        if (_log is null)
        {
            _log = Open();
            Volatile.Write(ref _oldestTicks, _time.GetUtcNow().UtcTicks);
        }
        foreach (var part in events.Chunk(EventRules.BatchCountLimit))
            await _log.AppendAsync(part, ct);
        Measure();
    }

    /// <summary>The first event that was not noted as drained.</summary>
    public async ValueTask<long> FindDrainedAsync(CancellationToken ct)
    {
        var notes = await Log.GetCheckpointsAsync(ct);
        var next = notes.FirstOrDefault(note => note.Consumer == Drain).NextOffset;
        Volatile.Write(ref _drainedTo, next);
        return next;
    }

    /// <summary>Reads in order, and waits at the end.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        long from, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var batch in Log.ReadAsync(0, from, ReadCount, ct))
        {
            Volatile.Write(ref _oldestTicks, batch.Span[0].LoggedAt.UtcTicks);
            yield return batch;
        }
    }

    /// <summary>Notes how far it is drained; after a power cut some are drained again.</summary>
    public ValueTask NoteDrainedAsync(long next, CancellationToken ct)
    {
        Volatile.Write(ref _drainedTo, next);
        return Log.CommitCheckpointAsync(Drain, 0, next, ct);
    }

    /// <summary>Removes all of it.</summary>
    public async ValueTask RemoveAsync()
    {
        await Log.DisposeAsync();
        _log = null;
        _oldestTicks = _next = _drainedTo = _bytes = 0;
        // In one step: half of a log would look like a damaged one.
        Directory.Move(_options.Directory, _drained);
        DeleteDrained();
    }

    public async ValueTask DisposeAsync()
    {
        if (_log is not null) await _log.DisposeAsync();
    }

    private void Measure()
    {
        var status = Log.GetStatus(0);
        Volatile.Write(ref _next, status.NextOffset);
        Volatile.Write(ref _bytes, status.Bytes);
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
