using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>Why the broker closes or refuses a link, or rejects a message.</summary>
internal sealed record BrokerRefusal(string Condition, string Text)
{
    // Not server-busy, after which clients wait for seconds.
    public static BrokerRefusal Failed { get; } =
        new("amqp:internal-error", "The server was unable to process the request.");

    public static BrokerRefusal Detached { get; } =
        new("amqp:link:detach-forced", "The link is closed by the broker.");

    public static BrokerRefusal TooManyReaders { get; } = new(
        "amqp:resource-limit-exceeded",
        string.Create(CultureInfo.InvariantCulture, $"Exceeded the maximum number of allowed " +
            $"receivers per partition in a consumer group which is {BrokerHub.ReaderLimit}."));

    public static BrokerRefusal TooLarge { get; } = new(
        "amqp:link:message-size-exceeded", "The received message exceeds the allowed size.");

    public Error AmqpError => new(new Symbol(Condition)) { Description = Text };

    public static BrokerRefusal NotFound(string entity) => new(
        ErrorCode.NotFound, $"The messaging entity '{entity}' could not be found.");

    public static BrokerRefusal Stolen(long? level, long by) => new(
        "amqp:link:stolen", string.Create(CultureInfo.InvariantCulture,
            $"A receiver with the higher epoch {by} exists; this one has {level}."));
}
