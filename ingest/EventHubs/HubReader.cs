using System.Runtime.CompilerServices;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Microsoft.Extensions.Logging;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// One consumer's way through a partition, from a sequence number on. A gap in the numbers means
/// that the service has removed events, which it does not say itself. While the hub is away, a
/// reader waits as it does where there are no events. One caller at a time.
/// </summary>
internal sealed partial class HubReader : IAsyncDisposable
{
    private readonly int _partition;
    private readonly int _batchLimit;
    private readonly HubStatus _status;
    private readonly PartitionReceiver _receiver;
    // The service holds a question open as long; a client that has lost it does not notice before.
    private readonly TimeSpan _waitLimit;
    private readonly TimeSpan _awayInterval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<LoggedEvent> _batch = [];
    private long _next;
    private long? _gapEnd;
    private DateTimeOffset _lastLoggedAt;
    private bool _isAway;

    /// <param name="partition">Its number.</param>
    /// <param name="from">The first sequence number to read.</param>
    /// <param name="batchLimit">Events of a batch at most.</param>
    /// <param name="connection">Stays the caller's.</param>
    /// <param name="partitionId">Its name in the hub.</param>
    /// <param name="status">Asked what the hub still has.</param>
    /// <param name="options">Consumer group, prefetching and retries.</param>
    /// <param name="time">For the wait between two tries while the hub is away.</param>
    /// <param name="logger">Told when it goes away and comes back.</param>
    public HubReader(
        int partition, long from, int batchLimit, EventHubConnection connection,
        string partitionId, HubStatus status, EventHubsOptions options, TimeProvider time,
        ILogger logger)
    {
        (_partition, _next, _batchLimit, _status) = (partition, from, batchLimit, status);
        (_waitLimit, _awayInterval) = (options.TryTimeout, options.DrainInterval);
        (_time, _logger) = (time, logger);
        _receiver = new PartitionReceiver(
            options.ConsumerGroup, partitionId,
            EventPosition.FromSequenceNumber(from, isInclusive: true), connection,
            new PartitionReceiverOptions
            {
                PrefetchCount = options.PrefetchCount,
                RetryOptions = HubConnections.Retries(options),
                TrackLastEnqueuedEventProperties = true,
            });
    }

    /// <summary>See <see cref="IEventLog.ReadAsync"/>; ends with <see
    /// cref="OperationCanceledException"/> when it is cancelled.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> RunAsync(
        [EnumeratorCancellation] CancellationToken ct)
    {
        // The service would begin at its first event, and not say so until there is one.
        var (_, first, end, _) = await UntilThereAsync(() => _status.AskAsync(ct), ct);
        if (_next < first) throw new OffsetExpiredException(_partition, _next, first);
        if (_next > end)
        {
            throw new InvalidDataException($"Partition {_partition} of " +
                $"{_receiver.EventHubName} ends at offset {end}: {_next} is of another hub.");
        }
        while (true)
        {
            await FillAsync(ct);
            if (_batch.Count > 0) yield return _batch.ToArray();
        }
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    /// <summary>Takes what is there, up to a full batch; waits only while nothing is.</summary>
    private async Task FillAsync(CancellationToken ct)
    {
        _batch.Clear();
        if (_gapEnd is { } first) throw new OffsetExpiredException(_partition, _next, first);
        do
        {
            var received = await UntilThereAsync(
                () => ReceiveAsync(_batchLimit - _batch.Count, ct), ct);
            if (received.Count == 0) return;
            foreach (var one in received) Take(one);
        }
        while (IsMoreThere() && _gapEnd is null && _batch.Count < _batchLimit);
        if (_batch.Count == 0 && _gapEnd is { } end)
            throw new OffsetExpiredException(_partition, _next, end);
    }

    private void Take(EventData received)
    {
        // Repeated after a lost link, or behind a gap, where the read ends.
        if (received.SequenceNumber < _next || _gapEnd is not null) return;
        if (received.SequenceNumber > _next)
        {
            _gapEnd = received.SequenceNumber;
            return;
        }
        var logged = HubEventFormat.Read(received, _lastLoggedAt);
        if (logged.Problem is not null) HubInstruments.Unreadable(_partition);
        _batch.Add(logged);
        (_next, _lastLoggedAt) = (logged.Offset + 1, logged.LoggedAt);
    }

    private bool IsMoreThere()
    {
        var last = _receiver.ReadLastEnqueuedEventProperties().SequenceNumber;
        if (last is { } number)
            HubInstruments.Lags(_partition, _receiver.ConsumerGroup, number + 1 - _next);
        return last >= _next;
    }

    /// <summary>Asks until the hub is there.</summary>
    private async Task<T> UntilThereAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var answer = await ask();
                if (_isAway) LogBack(_partition, _next);
                _isAway = false;
                return answer;
            }
            catch (Exception e) when (ct.IsCancellationRequested)
            {
                // Whatever the client says while it is told to stop.
                throw new OperationCanceledException(e.Message, e, ct);
            }
            catch (IOException e) when (e.IsAway())
            {
                _status.Away(e);
                if (!_isAway) LogAway(_partition, _next, e.Message);
                _isAway = true;
                await Task.Delay(_awayInterval, _time, ct);
            }
        }
    }

    private async Task<IReadOnlyList<EventData>> ReceiveAsync(int limit, CancellationToken ct)
    {
        try
        {
            var received = await _receiver.ReceiveBatchAsync(limit, _waitLimit, ct);
            return received as IReadOnlyList<EventData> ?? [.. received];
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw e.ToIOException($"Partition {_partition} of {_receiver.EventHubName} cannot be " +
                $"read by the consumer group {_receiver.ConsumerGroup}");
        }
    }

    [LoggerMessage(LogLevel.Error,
        "Partition {Partition}: the hub cannot be read; offset {Next} waits until it can: {Fault}")]
    private partial void LogAway(int partition, long next, string fault);

    [LoggerMessage(LogLevel.Information,
        "Partition {Partition}: the hub is read again, from offset {Next}.")]
    private partial void LogBack(int partition, long next);
}
