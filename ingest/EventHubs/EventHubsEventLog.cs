using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Logging;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

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
    private const int PartitionCountLimit = 32;
    private const string Author = "stream-commerce";

    private readonly EventHubConnection _connection;
    private readonly EventHubProducerClient _producer;
    private readonly EventHubsOptions _options;
    private readonly HubCheckpoints _checkpoints;
    private readonly string[] _ids;
    private readonly HubStatus[] _statuses;
    private readonly HubPartitionWriter[] _writers;
    private readonly CancellationTokenSource _closing = new();

    private EventHubsEventLog(
        EventHubConnection connection, EventHubProducerClient producer, EventHubsOptions options,
        HubCheckpoints checkpoints, string[] ids, HubStatus[] statuses,
        HubPartitionWriter[] writers)
    {
        (_connection, _producer, _options, _checkpoints) =
            (connection, producer, options, checkpoints);
        (_ids, _statuses, _writers) = (ids, statuses, writers);
    }

    public int PartitionCount => _ids.Length;

    /// <summary>Partitions whose events are kept on this machine, until the hub takes them.
    /// </summary>
    public int SpillingPartitions => _writers.Count(writer => writer.IsSpilling);

    /// <summary>Opens the hub, and begins to drain what an earlier run could not send.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="time">For intervals; the hub's clock dates the events.</param>
    /// <param name="loggers">Told when the hub goes away and comes back.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range.</exception>
    /// <exception cref="IOException">The hub does not answer, or a spill is damaged.</exception>
    public static Task<EventHubsEventLog> OpenAsync(
        EventHubsOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        options.Validate();
        return OpenAsync(
            options, HubConnections.OpenCheckpoints(options, time), time, loggers, ct);
    }

    internal static async Task<EventHubsEventLog> OpenAsync(
        EventHubsOptions options, HubCheckpoints checkpoints, TimeProvider time,
        ILoggerFactory loggers, CancellationToken ct)
    {
        options.Validate();
        var connection = HubConnections.Open(options);
        var producer = new EventHubProducerClient(connection, new EventHubProducerClientOptions
        {
            RetryOptions = HubConnections.Retries(options),
        });
        var writers = new List<HubPartitionWriter>();
        try
        {
            var ids = await FindPartitionsAsync(producer, ct);
            HubStatus[] statuses = [.. ids.Select((id, partition) =>
                new HubStatus(partition, id, producer, options.StatusAge, time))];
            await Task.WhenAll(statuses.Select(status => status.AskAsync(ct)));
            var logger = loggers.CreateLogger<EventHubsEventLog>();
            for (var i = 0; i < ids.Length; i++)
            {
                writers.Add(new HubPartitionWriter(
                    new HubSender(i, ids[i], producer, options.BatchBytes),
                    new HubSpill(options, i, time), options, time, logger, statuses[i].Appended));
            }
            return new(connection, producer, options, checkpoints, ids, statuses, [.. writers]);
        }
        catch
        {
            foreach (var writer in writers) await writer.DisposeAsync();
            await producer.DisposeAsync();
            await connection.DisposeAsync();
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            fromOffset, GetStatus(partition).NextOffset);
        return ReadOnAsync(partition, fromOffset, batchLimit, ct);
    }

    public PartitionStatus GetStatus(int partition)
    {
        CheckPartition(partition);
        return _statuses[partition].Get();
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
        await _checkpoints.UpdateCheckpointAsync(
            _connection.FullyQualifiedNamespace, _connection.EventHubName, consumer,
            _ids[partition], Author,
            new CheckpointPosition(HubCheckpoints.NoOffset, nextOffset - 1), ct);
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
        await Task.WhenAll(_writers.Select(writer => writer.DisposeAsync().AsTask()));
        await _producer.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadOnAsync(
        int partition, long from, int batchLimit, [EnumeratorCancellation] CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        await using var reader = new HubReader(
            partition, from, batchLimit, _connection, _ids[partition], _statuses[partition],
            _options);
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

    private static async Task<string[]> FindPartitionsAsync(
        EventHubProducerClient producer, CancellationToken ct)
    {
        string[] ids;
        try
        {
            ids = await producer.GetPartitionIdsAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw e.ToIOException($"The hub {producer.EventHubName} in " +
                $"{producer.FullyQualifiedNamespace} does not answer");
        }
        if (ids.Length > PartitionCountLimit)
        {
            throw new ArgumentException($"{EventHubsOptions.Section}:" +
                $"{nameof(EventHubsOptions.Hub)}: {producer.EventHubName} has {ids.Length} " +
                $"partitions; at most {PartitionCountLimit} are read here.");
        }
        string[] numbers = [.. Enumerable.Range(0, ids.Length)
            .Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return numbers.Except(ids, StringComparer.Ordinal).Any()
            ? throw new IOException($"The hub {producer.EventHubName} has partitions " +
                $"{string.Join(", ", ids)}, not 0 to {ids.Length - 1}.")
            : numbers;
    }

    private void CheckPartition(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, _ids.Length);
    }
}
