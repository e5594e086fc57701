using System.Runtime.CompilerServices;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Logging;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// The log in an Azure event hub. An offset is the event's sequence number, a partition the
/// hub's, and the partition key is the visitor: where an event goes is computed here as the
/// service does it (<see cref="PartitionKeyHash"/>), so that events of many visitors share a batch,
/// and those that others send by key join them.
/// </summary>
/// <remarks>
/// <para>One loop a partition writes (<see cref="HubPartitionWriter"/>); while the hub cannot be
/// reached, it keeps events in a spill on this machine and acknowledges those: they would survive
/// a power cut, but are read only when the hub has them.</para>
/// <para>Reading needs no ownership: every instance reads every partition, since each answers
/// for the whole shop. What instances share out among them is <see cref="HubConsumer"/>'s, by a
/// consumer group of its own. A consumer's checkpoints are those of the group of its name.</para>
/// </remarks>
public sealed class EventHubsEventLog : IEventLog
{
    private const string Author = "stream-commerce";

    private readonly EventHubConnection _connection;
    private readonly EventHubProducerClient _producer;
    private readonly EventHubsOptions _options;
    private readonly HubCheckpoints _checkpoints;
    private readonly string[] _ids;
    private readonly HubStatus[] _statuses;
    private readonly HubPartitionWriter[] _writers;
    private readonly HubArrival _arrival;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();

    private EventHubsEventLog(
        EventHubConnection connection, EventHubProducerClient producer, EventHubsOptions options,
        HubCheckpoints checkpoints, HubArrival arrival, TimeProvider time, ILogger logger)
    {
        (_connection, _producer, _options, _checkpoints) =
            (connection, producer, options, checkpoints);
        (_arrival, _time, _logger) = (arrival, time, logger);
        _ids = HubConnections.IdsOf(arrival.PartitionCount);
        _statuses = [.. _ids.Select((id, partition) =>
            new HubStatus(partition, id, producer, options, time, IsAway, _closing.Token))];
        _writers = new HubPartitionWriter[_ids.Length];
    }

    public int PartitionCount => _ids.Length;

    /// <summary>Partitions whose events are kept on this machine, until the hub takes them.
    /// </summary>
    public int SpillingPartitions => _writers.Count(writer => writer.IsSpilling);

    /// <summary>What waits on this machine, and since when the hub takes none; null while it takes
    /// them.</summary>
    public SpillStatus? Spill
    {
        get
        {
            var spills = _writers.Select(writer => writer.Spill).OfType<SpillStatus>().ToList();
            if (_arrival.AwaySince is { } since) spills.Add(new(since, 0, 0, 0));
            return spills.Count == 0 ? null : new(
                spills.Min(spill => spill.Since), spills.Sum(spill => spill.Partitions),
                spills.Sum(spill => spill.Events), spills.Sum(spill => spill.Bytes));
        }
    }

    /// <summary>
    /// Opens the hub, and begins to drain what an earlier run could not send. A hub that is away,
    /// but was opened with this spill before, is opened as it was then: appends go to the spill,
    /// and reads wait until it is back.
    /// </summary>
    /// <param name="options">Checked here.</param>
    /// <param name="time">For intervals; the hub's clock dates the events.</param>
    /// <param name="loggers">Told when the hub goes away and comes back.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range.</exception>
    /// <exception cref="IOException">The hub does not answer and never has, it refuses, or a spill
    /// is damaged.</exception>
    public static Task<EventHubsEventLog> OpenAsync(
        EventHubsOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        options.Validate();
        return OpenAsync(
            options, HubConnections.OpenPlaces(options) ?? new MemoryGroupPlaces(time), time,
            loggers, ct);
    }

    internal static async Task<EventHubsEventLog> OpenAsync(
        EventHubsOptions options, IGroupPlaces places, TimeProvider time,
        ILoggerFactory loggers, CancellationToken ct)
    {
        options.Validate();
        var connection = HubConnections.Open(options);
        var producer = new EventHubProducerClient(connection, new EventHubProducerClientOptions
        {
            RetryOptions = HubConnections.Retries(options),
        });
        var logger = loggers.CreateLogger<EventHubsEventLog>();
        EventHubsEventLog? log = null;
        try
        {
            var arrival = await HubArrival.BeginAsync(producer, options, time, logger, ct);
            log = new(connection, producer, options, new(places), arrival, time, logger);
            if (arrival.Fault is { } fault) log.IsAway(fault);
            else await Task.WhenAll(log._statuses.Select(status => status.AskAsync(ct)));
            await log.OpenWritersAsync(ct);
            return log;
        }
        catch
        {
            if (log is not null) await log.DisposeAsync();
            else await CloseAsync(producer, connection);
            throw;
        }
    }

    public int PartitionOf(VisitorId visitor) =>
        PartitionKeyHash.PartitionOf(visitor.Value, PartitionCount);

    public async ValueTask AppendAsync(
        IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events.Count, EventRules.BatchCountLimit);
        ct.ThrowIfCancellationRequested();
        if (_closing.IsCancellationRequested) throw new LogAppendException("The log is shut.");
        if (events.Count == 0) return;
        var batch = new AppendBatch();
        var parts = new HubAppend?[PartitionCount];
        foreach (var e in events) (parts[PartitionOf(e.Visitor)] ??= new(batch)).Add(e);
        batch.Expect(parts.Count(part => part is not null));
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part) await _writers[i].AddAsync(part, ct);
        }
        await batch.Task.WaitAsync(ct);
    }

    public IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        int partition, long fromOffset, int batchLimit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchLimit, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        // Where nothing is known of now, the reader looks when the hub is back.
        if (FindStatus(partition) is { } status && !_statuses[partition].IsAway)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(fromOffset, status.NextOffset);
        return ReadOnAsync(partition, fromOffset, batchLimit, ct);
    }

    public PartitionStatus GetStatus(int partition)
    {
        CheckPartition(partition);
        return _statuses[partition].Get();
    }

    public PartitionStatus? FindStatus(int partition)
    {
        CheckPartition(partition);
        return _statuses[partition].Find();
    }

    public async ValueTask<long> AskEndAsync(int partition, CancellationToken ct)
    {
        CheckPartition(partition);
        if (_arrival.AwaySince is not null || _writers[partition].IsSpilling)
        {
            throw new IOException($"Events for partition {partition} of " +
                $"{_connection.EventHubName} are kept here until the hub takes them; ask again.");
        }
        return (await _statuses[partition].AskAsync(ct)).NextOffset;
    }

    /// <summary>The offset of the first event that the hub took after a time, to replay from;
    /// the next offset where there is none.</summary>
    /// <param name="partition">0 to <see cref="PartitionCount"/> - 1.</param>
    /// <param name="after">By the hub's clock, to the millisecond.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="IOException">The hub does not answer.</exception>
    public async Task<long> FindOffsetAsync(
        int partition, DateTimeOffset after, CancellationToken ct)
    {
        CheckPartition(partition);
        var end = (await _statuses[partition].AskAsync(ct)).NextOffset;
        await using var receiver = new PartitionReceiver(
            _options.ConsumerGroup, _ids[partition], EventPosition.FromEnqueuedTime(after),
            _connection,
            new PartitionReceiverOptions { RetryOptions = HubConnections.Retries(_options) });
        try
        {
            var found = await receiver.ReceiveBatchAsync(1, _options.TryTimeout, ct);
            return found.FirstOrDefault()?.SequenceNumber ?? end;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw e.ToIOException($"Partition {partition} of {_connection.EventHubName} does not " +
                $"answer what came after {after:O}");
        }
    }

    public async ValueTask CommitCheckpointAsync(
        string consumer, int partition, long nextOffset, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ConsumerCheckpoint.CheckConsumer(consumer);
        CheckPartition(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(nextOffset);
        await _checkpoints.WriteAsync(
            _connection.FullyQualifiedNamespace, _connection.EventHubName, consumer,
            _ids[partition], nextOffset, Author, ct);
    }

    public async ValueTask<IReadOnlyList<ConsumerCheckpoint>> GetCheckpointsAsync(
        CancellationToken ct)
    {
        var found = await _checkpoints.ListCheckpointsAsync(
            _connection.FullyQualifiedNamespace, _connection.EventHubName, ct);
        return [.. found.Select(one => new ConsumerCheckpoint(
            one.ConsumerGroup, one.Partition, one.SequenceNumber + 1))];
    }

    /// <summary>Sends or spills the appends that wait, ends the reads, closes the connection.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync();
        await _arrival.DisposeAsync();
        // An opening that failed has not made them all.
        await Task.WhenAll(_writers.OfType<HubPartitionWriter>()
            .Select(writer => writer.DisposeAsync().AsTask()));
        await Task.WhenAll(_statuses.Select(status => status.EndAsync()));
        await CloseAsync(_producer, _connection);
    }

    private static async Task CloseAsync(
        EventHubProducerClient producer, EventHubConnection connection)
    {
        await producer.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task OpenWritersAsync(CancellationToken ct)
    {
        for (var i = 0; i < _writers.Length; i++)
        {
            _writers[i] = new HubPartitionWriter(
                new HubSender(i, _ids[i], _producer, _options.BatchBytes),
                await HubSpill.OpenAsync(_options, i, _time, ct), _options, _time, _logger,
                _statuses[i], () => _arrival.AwaySince is not null);
        }
    }

    /// <summary>One partition has told it, or none was asked: no other is waited for.</summary>
    private void IsAway(IOException fault)
    {
        foreach (var status in _statuses) status.Away(fault);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadOnAsync(
        int partition, long from, int batchLimit, [EnumeratorCancellation] CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        await using var reader = new HubReader(
            partition, from, batchLimit, _connection, _ids[partition], _statuses[partition],
            _options, _time, _logger);
        await using var batches = reader.RunAsync(either.Token).GetAsyncEnumerator(either.Token);
        while (await MoveNextAsync(batches, ct)) yield return batches.Current;
    }

    private async ValueTask<bool> MoveNextAsync(
        IAsyncEnumerator<ReadOnlyMemory<LoggedEvent>> batches, CancellationToken ct)
    {
        try
        {
            return await batches.MoveNextAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException
            && _closing.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The log is shut.", e);
        }
    }

    private void CheckPartition(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, _ids.Length);
    }
}
