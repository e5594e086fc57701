using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The log in a directory of its own: <c>log.json</c>, <c>lock</c>, <c>checkpoints/</c>, and for
/// each partition a directory (<c>p00</c>…) of segment files and a <c>mark</c>.
/// </summary>
/// <remarks>
/// <para>Events are encoded on the caller's thread; one writer thread a partition places and
/// stores them (<see cref="PartitionWriter"/>, <see cref="PartitionStore"/>); readers read the
/// files on their own threads. Nothing is shared but the list of durable segments.</para>
/// <para>Opening recovers: it reads the active segment of each partition, cuts off what a crash
/// left unfinished, and refuses to open where something acknowledged is damaged or missing there.
/// Older segments are checked when they are read and by
/// <see cref="LogInspection.OfDirectory"/>, so that a log with an old scar still takes
/// events.</para>
/// <para>What it cannot tell: after a power cut (not a kill) the note of what was acknowledged
/// may be old. Damage to the very last group, in the same moment, then looks like a torn tail.
/// </para>
/// </remarks>
public sealed class EmbeddedEventLog : IEventLog
{
    private readonly PartitionWriter[] _partitions;
    private readonly CheckpointFiles _checkpoints;
    private readonly FileStream _lock;
    private volatile bool _closed;

    private EmbeddedEventLog(
        PartitionWriter[] partitions, CheckpointFiles checkpoints, FileStream fileLock) =>
        (_partitions, _checkpoints, _lock) = (partitions, checkpoints, fileLock);

    public int PartitionCount => _partitions.Length;

    /// <summary>Bytes of never acknowledged appends that were cut off when it was opened.</summary>
    public long TornBytes => _partitions.Sum(partition => partition.Store.TornBytes);

    /// <summary>Opens the log, or makes it, and recovers from a crash.</summary>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or the log has another count of partitions.
    /// </exception>
    /// <exception cref="LogCorruptException">
    /// Acknowledged events are damaged or missing.
    /// </exception>
    /// <exception cref="InvalidDataException">A later version has written it.</exception>
    /// <exception cref="IOException">It is open already, or the disk fails.</exception>
    public static EmbeddedEventLog Open(EmbeddedLogOptions options, TimeProvider time) =>
        Open(options, time, new DiskDevice());

    internal static EmbeddedEventLog Open(
        EmbeddedLogOptions options, TimeProvider time, ILogDevice device)
    {
        options.Validate();
        MakeDirectory(options.Directory, device);
        var fileLock = Lock(options.Directory);
        var stores = new List<PartitionStore>();
        try
        {
            var manifest = ReadOrMakeManifest(options, time, device);
            for (var i = 0; i < manifest.PartitionCount; i++)
            {
                var directory = PartitionDirectory(options.Directory, i);
                Directory.CreateDirectory(directory);
                stores.Add(new PartitionStore(device, directory, i, manifest.Seed, options, time));
            }
            device.SyncDirectory(options.Directory);
        }
        catch
        {
            foreach (var store in stores) store.Dispose();
            fileLock.Dispose();
            throw;
        }
        return new EmbeddedEventLog(
            [.. stores.Select((store, i) => new PartitionWriter(store, i, options))],
            new CheckpointFiles(CheckpointFiles.In(options.Directory)), fileLock);
    }

    public async ValueTask AppendAsync(
        IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events.Count, EventRules.BatchCountLimit);
        ct.ThrowIfCancellationRequested();
        if (events.Count == 0) return;
        var batch = new AppendBatch();
        var chunks = new AppendChunk?[_partitions.Length];
        try
        {
            Encode(events, batch, chunks);
            batch.Expect(chunks.Count(chunk => chunk is not null));
            for (var i = 0; i < chunks.Length; i++)
            {
                if (chunks[i] is not { } chunk) continue;
                await _partitions[i].EnqueueAsync(chunk, ct);
                chunks[i] = null;
            }
        }
        finally
        {
            // Those that were not queued.
            foreach (var chunk in chunks) chunk?.Release();
        }
        await batch.Task.WaitAsync(ct);
    }

    public IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        int partition, long fromOffset, int batchLimit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchLimit, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            fromOffset, GetStatus(partition).NextOffset);
        var reader = new PartitionReader(
            _partitions[partition].Store, partition, fromOffset, batchLimit);
        return reader.RunAsync(ct);
    }

    public PartitionStatus GetStatus(int partition)
    {
        CheckPartition(partition);
        return _partitions[partition].Store.Segments.Status;
    }

    public ValueTask CommitCheckpointAsync(
        string consumer, int partition, long nextOffset, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_closed, this);
        ConsumerCheckpoint.CheckConsumer(consumer);
        CheckPartition(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(nextOffset);
        _checkpoints.Commit(new ConsumerCheckpoint(consumer, partition, nextOffset));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ConsumerCheckpoint>> GetCheckpointsAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_checkpoints.ReadAll());
    }

    /// <summary>
    /// Removes what is older or more than is kept. It also happens whenever a segment is full; a
    /// shop without traffic needs the call.
    /// </summary>
    public void ApplyRetention()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        foreach (var partition in _partitions) partition.Store.ApplyRetention();
    }

    /// <summary>Commits the appends that wait, ends the reads, closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_partitions.Select(partition => partition.DisposeAsync().AsTask()));
        _closed = true;
        // Last: another process may open the log from here on.
        await _lock.DisposeAsync();
    }

    internal static string PartitionDirectory(string directory, int partition) =>
        Path.Combine(directory, $"p{partition:D2}");

    private static void Encode(
        IReadOnlyList<CommerceEvent> events, AppendBatch batch, AppendChunk?[] chunks)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            var partition = StableHash.Partition(e.Visitor, chunks.Length);
            (chunks[partition] ??= new AppendChunk(batch)).Add(e);
        }
    }

    private void CheckPartition(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, _partitions.Length);
    }

    private static void MakeDirectory(string directory, ILogDevice device)
    {
        if (Directory.Exists(directory)) return;
        var full = Directory.CreateDirectory(directory).FullName;
        if (Path.GetDirectoryName(full) is { } parent) device.SyncDirectory(parent);
    }

    private static FileStream Lock(string directory)
    {
        var path = Path.Combine(directory, "lock");
        try
        {
            return new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The log in {directory} cannot be locked; another process " +
                $"has it open, or the directory cannot be written to ({e.Message}). Stop it, or " +
                $"set {EmbeddedLogOptions.Section}:{nameof(EmbeddedLogOptions.Directory)}.", e);
        }
    }

    private static LogManifest ReadOrMakeManifest(
        EmbeddedLogOptions options, TimeProvider time, ILogDevice device)
    {
        if (LogManifest.Read(options.Directory) is { } manifest)
        {
            return manifest.PartitionCount == options.PartitionCount
                ? manifest
                : throw new ArgumentException($"{EmbeddedLogOptions.Section}:" +
                    $"{nameof(options.PartitionCount)} is {options.PartitionCount}, but the log " +
                    $"in {options.Directory} was made with {manifest.PartitionCount}. Set it " +
                    "back, or replay the log into a new one.");
        }
        if (Directory.Exists(PartitionDirectory(options.Directory, 0)))
        {
            throw new LogCorruptException(
                $"{options.Directory} holds partitions, but no log.json.");
        }
        var made = new LogManifest(LogManifest.CurrentVersion, options.PartitionCount,
            Guid.CreateVersion7(time.GetUtcNow()));
        made.Write(options.Directory, device);
        return made;
    }
}
