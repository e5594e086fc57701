using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Events;

/// <summary>Takes events to the log and remembers whether that works. Any thread.</summary>
/// <param name="log">Where they go.</param>
/// <param name="retention">Events older than this are refused; null where none is.</param>
/// <param name="time">The receiver's clock.</param>
internal sealed class EventIntake(IEventLog log, TimeSpan? retention, TimeProvider time)
{
    // Long enough for whoever asks every few seconds, short enough to let traffic try again.
    private static readonly TimeSpan FaultMemory = TimeSpan.FromSeconds(10);

    private volatile Failure? _failure;

    /// <summary>Why the last append failed, if that was a moment ago; else null.</summary>
    public Exception? RecentFault =>
        _failure is { } failure && time.GetElapsedTime(failure.At) < FaultMemory
            ? failure.Fault : null;

    /// <summary>See <see cref="EventBatch.Read"/>.</summary>
    public EventBatch? Read(
        ReadOnlyMemory<byte> body, BatchFormat format, out EventProblem? problem) =>
        EventBatch.Read(new(body), format, time.GetUtcNow(), retention, out problem);

    /// <summary>Completes when all of them are durable.</summary>
    public async ValueTask AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        try
        {
            await log.AppendAsync(events, ct);
            _failure = null;
        }
        catch (LogAppendException fault)
        {
            _failure = new Failure(fault, time.GetTimestamp());
            throw;
        }
    }

    private sealed record Failure(Exception Fault, long At);
}
