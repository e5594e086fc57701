using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>The broker's end of a client's sending link: to a partition, or to the hub, which
/// then looks at the partition key.</summary>
internal sealed class SenderEndpoint(
    BrokerHub hub, int? partition, ulong sizeLimit, BrokerFaults faults) : LinkEndpoint
{
    /// <summary>Microsoft's format of many messages in one: each is a data section.</summary>
    private const uint BatchFormat = 0x80013700;

    public override void OnMessage(MessageContext messageContext)
    {
        switch (faults.NextSend())
        {
            case null:
                if (Store(messageContext)) messageContext.Complete();
                break;
            case SendFault.Rejected:
                messageContext.Complete(BrokerRefusal.Failed.AmqpError);
                break;
            case SendFault.DetachBefore:
                Close(messageContext, BrokerRefusal.Detached);
                break;
            case SendFault.DetachAfter:
                Store(messageContext);
                Close(messageContext, BrokerRefusal.Detached);
                break;
            case SendFault.SilentAfter:
                Store(messageContext);
                break;
            case SendFault.SilentBefore:
                break;
        }
    }

    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext) =>
        dispositionContext.Complete();

    private bool Store(MessageContext context)
    {
        var message = context.Message;
        var parts = message.Format == BatchFormat ? Unpack(message) : [message];
        if ((ulong)parts.Sum(SizeOf) > sizeLimit)
        {
            Close(context, BrokerRefusal.TooLarge);
            return false;
        }
        var key = message.MessageAnnotations?.Map[new Symbol(Annotations.Key)] as string;
        hub.Append([.. parts.Select(Own)], partition, key);
        return true;
    }

    private static List<Message> Unpack(Message batch) => batch.BodySection switch
    {
        Data one => [Message.Decode(BufferOf(one))],
        DataList many => [.. Enumerable.Range(0, many.Count)
            .Select(i => Message.Decode(BufferOf(many[i])))],
        _ => throw new AmqpException(
            ErrorCode.DecodeError, "A batch holds data sections and nothing else."),
    };

    private static ByteBuffer BufferOf(Data data)
    {
        var bytes = data.Binary;
        return new ByteBuffer(bytes, 0, bytes.Length, bytes.Length);
    }

    private static long SizeOf(Message message) =>
        message.BodySection is Data data ? data.Binary.Length : 64;

    /// <summary>With a body that does not lie in the connection's buffer.</summary>
    private static Message Own(Message message)
    {
        if (message.BodySection is Data data)
            message.BodySection = new Data { Binary = [.. data.Binary] };
        return message;
    }

    private static void Close(MessageContext context, BrokerRefusal refusal) =>
        context.Link.Close(TimeSpan.Zero, refusal.AmqpError);
}
