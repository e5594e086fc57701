using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>The names that the service gives to an event's properties, and the form in which it
/// delivers an event.</summary>
internal static class Annotations
{
    public const string SequenceNumber = "x-opt-sequence-number";
    public const string Offset = "x-opt-offset";
    public const string EnqueuedTime = "x-opt-enqueued-time";
    public const string Key = "x-opt-partition-key";

    /// <summary>An event as it is delivered.</summary>
    /// <param name="e">The event.</param>
    /// <param name="partition">What the partition tells of its end; null: nobody asked.</param>
    public static Message Deliver(StoredEvent e, PartitionFacts? partition)
    {
        var message = new Message
        {
            Properties = e.Content.Properties,
            ApplicationProperties = e.Content.ApplicationProperties,
            BodySection = e.Content.BodySection,
            MessageAnnotations = new MessageAnnotations(),
        };
        var map = message.MessageAnnotations.Map;
        if (e.Content.MessageAnnotations is { } own)
        {
            foreach (var (name, value) in own.Map) map[name] = value;
        }
        map[new Symbol(SequenceNumber)] = e.SequenceNumber;
        map[new Symbol(Offset)] = e.OffsetText;
        map[new Symbol(EnqueuedTime)] = e.EnqueuedAt.UtcDateTime;
        if (e.Key is not null) map[new Symbol(Key)] = e.Key;
        if (partition is { } facts) message.DeliveryAnnotations = ToAnnotations(facts);
        return message;
    }

    private static DeliveryAnnotations ToAnnotations(PartitionFacts facts)
    {
        var told = new DeliveryAnnotations();
        told.Map[new Symbol("last_enqueued_sequence_number")] = facts.Next - 1;
        told.Map[new Symbol("last_enqueued_offset")] = facts.LastOffset;
        told.Map[new Symbol("last_enqueued_time_utc")] = facts.LastEnqueuedAt.UtcDateTime;
        told.Map[new Symbol("runtime_info_retrieval_time_utc")] = facts.LastEnqueuedAt.UtcDateTime;
        return told;
    }
}
