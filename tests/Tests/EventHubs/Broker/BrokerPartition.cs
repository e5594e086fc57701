using System.Globalization;
using Amqp;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>An event as a partition keeps it.</summary>
/// <param name="SequenceNumber">Its number in the partition.</param>
/// <param name="Offset">Its byte offset, which grows, but not by one.</param>
/// <param name="EnqueuedAt">When it was taken; never before the one in front of it.</param>
/// <param name="Key">The partition key; null where it was sent to the partition itself.</param>
/// <param name="Content">Its sections as they came; not to be changed.</param>
internal sealed record StoredEvent(
    long SequenceNumber, long Offset, DateTimeOffset EnqueuedAt, string? Key, Message Content)
{
    public string OffsetText => Offset.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a partition tells of itself.</summary>
internal readonly record struct PartitionFacts(
    long First, long Next, string LastOffset, DateTimeOffset LastEnqueuedAt);

/// <summary>
/// The events of one partition, in order, and who reads them. Any thread.
/// </summary>
internal sealed class BrokerPartition(int number, TimeProvider time)
{
    // As far apart as small events are in the service.
    private const long OffsetStep = 48;

    private readonly Lock _gate = new();
    private readonly List<StoredEvent> _events = [];
    private readonly List<ReceiverEndpoint> _readers = [];
    private long _first;
    private DateTimeOffset _lastAt;

    public int Number => number;

    public PartitionFacts Facts
    {
        get
        {
            lock (_gate)
            {
                var next = _first + _events.Count;
                return new(_first, next,
                    next == 0 ? "-1" : OffsetOf(next - 1).ToString(CultureInfo.InvariantCulture),
                    _lastAt);
            }
        }
    }

    /// <summary>A copy of what is kept.</summary>
    public IReadOnlyList<StoredEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public void Append(IEnumerable<Message> messages, string? key)
    {
        ReceiverEndpoint[] readers;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now > _lastAt) _lastAt = now;
            foreach (var message in messages)
            {
                var next = _first + _events.Count;
                _events.Add(new(next, OffsetOf(next), _lastAt, key ?? KeyOf(message), message));
            }
            readers = [.. _readers];
        }
        foreach (var reader in readers) reader.Pump();
    }

    /// <summary>The event at a number, or the first one that is left behind it; null at the end.
    /// </summary>
    public StoredEvent? Find(long sequenceNumber)
    {
        lock (_gate)
        {
            var at = Math.Max(0, sequenceNumber - _first);
            return at < _events.Count ? _events[(int)at] : null;
        }
    }

    /// <summary>The number at which a filter lets the first event pass.</summary>
    public long FirstMatch(EventFilter filter)
    {
        lock (_gate)
        {
            return _events.Find(filter.Matches)?.SequenceNumber ?? _first + _events.Count;
        }
    }

    /// <summary>Removes what was taken before a time, as retention does.</summary>
    public void RemoveBefore(DateTimeOffset keepFrom)
    {
        lock (_gate)
        {
            var count = _events.TakeWhile(e => e.EnqueuedAt < keepFrom).Count();
            _events.RemoveRange(0, count);
            _first += count;
        }
    }

    /// <summary>Lets a reader in, and closes those that it supersedes.</summary>
    /// <returns>Why not; null where it is in.</returns>
    public BrokerRefusal? Enter(ReceiverEndpoint reader)
    {
        ReceiverEndpoint[] stolen;
        lock (_gate)
        {
            var others = _readers.Where(other => other.Group == reader.Group).ToArray();
            var highest = others.Max(other => other.OwnerLevel);
            if (highest > (reader.OwnerLevel ?? -1))
                return BrokerRefusal.Stolen(reader.OwnerLevel, highest.Value);
            if (reader.OwnerLevel is null && others.Length >= BrokerHub.ReaderLimit)
                return BrokerRefusal.TooManyReaders;
            stolen = reader.OwnerLevel is null ? [] : others;
            foreach (var one in stolen) _readers.Remove(one);
            _readers.Add(reader);
        }
        foreach (var one in stolen)
            one.Close(BrokerRefusal.Stolen(one.OwnerLevel, reader.OwnerLevel!.Value));
        return null;
    }

    public void Leave(ReceiverEndpoint reader)
    {
        lock (_gate) _readers.Remove(reader);
    }

    private static string? KeyOf(Message message) =>
        message.MessageAnnotations?.Map.TryGetValue(Annotations.Key, out var key) == true
            ? key as string : null;

    private static long OffsetOf(long sequenceNumber) => sequenceNumber * OffsetStep;
}
