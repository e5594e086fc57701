using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>What the nodes <c>$cbs</c> and <c>$management</c> answer.</summary>
internal static class BrokerAnswers
{
    /// <summary>Takes every token, as the service's emulator does.</summary>
    public static Message ToToken(Message request) => Answer(202, "Accepted");

    /// <summary>Tells what a hub or a partition is.</summary>
    public static Message ToQuestion(Message request, Func<string, BrokerHub?> findHub)
    {
        var asked = request.ApplicationProperties.Map;
        var name = asked["name"] as string ?? "";
        var hub = findHub(name);
        var answer = (asked["type"] as string, hub) switch
        {
            (_, null) => null,
            ("com.microsoft:eventhub", _) => Describe(hub),
            ("com.microsoft:partition", _) => Describe(hub, asked["partition"] as string),
            _ => null,
        };
        return answer is null
            ? Answer(404, BrokerRefusal.NotFound(name).Text) : Answer(200, "OK", answer);
    }

    private static Map Describe(BrokerHub hub) => new()
    {
        ["name"] = hub.Name,
        ["type"] = "com.microsoft:eventhub",
        ["created_at"] = hub.MadeAt.UtcDateTime,
        ["partition_count"] = hub.Partitions.Count,
        ["partition_ids"] = hub.Partitions
            .Select(one => one.Number.ToString(CultureInfo.InvariantCulture)).ToArray(),
        ["georeplication_factor"] = 1,
    };

    private static Map? Describe(BrokerHub hub, string? id)
    {
        if (!int.TryParse(id, CultureInfo.InvariantCulture, out var number)
            || number < 0 || number >= hub.Partitions.Count)
        {
            return null;
        }
        var facts = hub.Partitions[number].Facts;
        return new Map
        {
            ["name"] = hub.Name,
            ["type"] = "com.microsoft:partition",
            ["partition"] = id,
            ["begin_sequence_number"] = facts.First,
            ["last_enqueued_sequence_number"] = facts.Next - 1,
            ["last_enqueued_offset"] = facts.LastOffset,
            ["last_enqueued_time_utc"] = facts.LastEnqueuedAt.UtcDateTime,
            ["runtime_info_retrieval_time_utc"] = facts.LastEnqueuedAt.UtcDateTime,
            ["is_partition_empty"] = facts.First == facts.Next,
        };
    }

    private static Message Answer(int status, string text, Map? body = null)
    {
        var properties = new ApplicationProperties();
        properties["status-code"] = status;
        properties["status-description"] = text;
        return new Message
        {
            ApplicationProperties = properties,
            BodySection = new AmqpValue { Value = body },
        };
    }
}
