using System.Buffers;
using System.Globalization;
using System.Text;
using Azure.Messaging.EventHubs;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// An event's form in a hub: CloudEvents' structured mode over AMQP, so that others may read and
/// write the hub too. What cannot be read stands in its place with the reason.
/// </summary>
internal static class HubEventFormat
{
    private const string ContentType = "application/cloudevents+json";

    // Of a text that is no event, its beginning says enough; the hub has the rest.
    private const int QuoteLength = 200;

    // Times were checked when the events were taken; the log only keeps them.
    private static readonly DateTimeOffset AnyTime = DateTimeOffset.MaxValue.AddDays(-1);

    public static EventData ToEventData(CommerceEvent e)
    {
        var body = new ArrayBufferWriter<byte>(512);
        CloudEventJson.Write(body, e);
        return new EventData(body.WrittenMemory)
        {
            ContentType = ContentType,
            MessageId = e.Id.Value,
        };
    }

    /// <summary>Reads an event at its place.</summary>
    /// <param name="received">From the hub.</param>
    /// <param name="atLeast">The time of the one in front of it: a partition never goes back.
    /// </param>
    public static LoggedEvent Read(EventData received, DateTimeOffset atLeast)
    {
        var loggedAt = received.EnqueuedTime > atLeast ? received.EnqueuedTime : atLeast;
        var (e, problem) = Read(received);
        return new(received.SequenceNumber, loggedAt, e ?? StandIn(received, loggedAt), problem);
    }

    private static (CommerceEvent? Event, string? Problem) Read(EventData received)
    {
        byte[] body;
        try
        {
            body = received.EventBody.ToArray();
        }
        catch (NotSupportedException e)
        {
            // A sequence or a value of AMQP's own types.
            return (null, $"Not a commerce event: {e.Message}");
        }
        var read = CloudEventJson.Read(body, AnyTime, retention: null, out var problem);
        return read is not null
            ? (read, null)
            : (null, $"Not a commerce event: {problem!.Field} {problem.Detail} Its " +
                $"{body.Length} bytes begin with: {Quote(body)}");
    }

    private static string Quote(ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetString(body[..Math.Min(body.Length, QuoteLength)]);

    private static CommerceEvent StandIn(EventData received, DateTimeOffset loggedAt) => new()
    {
        Id = new EventId(string.Create(
            CultureInfo.InvariantCulture, $"sequence-number-{received.SequenceNumber}")),
        Source = "/eventhubs",
        Name = EventName.ViewCart,
        Time = loggedAt,
        Visitor = new VisitorId("-"),
    };
}
