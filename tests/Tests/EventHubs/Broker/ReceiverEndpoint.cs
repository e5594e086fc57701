using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>The broker's end of a client's receiving link: hands out a partition's events as far
/// as the client has given credit. Any thread; one at a time sends.</summary>
internal sealed class ReceiverEndpoint : LinkEndpoint
{
    private readonly Lock _sending = new();
    private readonly BrokerPartition _partition;
    private readonly ListenerLink _link;
    private readonly bool _tellsEnd;
    private long _next;
    private int _credit;
    private bool _isClosed;

    /// <param name="partition">What it reads.</param>
    /// <param name="group">The consumer group.</param>
    /// <param name="ownerLevel">The level at which it wants the partition for itself; null: it
    /// shares.</param>
    /// <param name="filter">Where it begins.</param>
    /// <param name="tellsEnd">Whether the client wants to know the partition's end.</param>
    /// <param name="link">The link.</param>
    public ReceiverEndpoint(
        BrokerPartition partition, string group, long? ownerLevel, EventFilter filter,
        bool tellsEnd, ListenerLink link)
    {
        (_partition, _tellsEnd, _link) = (partition, tellsEnd, link);
        (Group, OwnerLevel) = (group, ownerLevel);
        _next = partition.FirstMatch(filter);
    }

    public string Group { get; }

    public long? OwnerLevel { get; }

    /// <summary>Sends what is there and allowed.</summary>
    public void Pump()
    {
        lock (_sending)
        {
            while (_credit > 0 && !_isClosed && _partition.Find(_next) is { } e)
            {
                _next = e.SequenceNumber + 1;
                _credit--;
                Send(e);
            }
        }
    }

    public void Close(BrokerRefusal refusal) =>
        _link.Close(TimeSpan.Zero, refusal.AmqpError);

    public override void OnFlow(FlowContext flowContext)
    {
        lock (_sending) _credit = Math.Max(0, _credit + flowContext.Messages);
        Pump();
    }

    public override void OnDisposition(DispositionContext dispositionContext) =>
        dispositionContext.Complete();

    public override void OnLinkClosed(ListenerLink link, Error error)
    {
        _partition.Leave(this);
        _isClosed = true;
    }

    private void Send(StoredEvent e)
    {
        try
        {
            _link.SendMessage(Annotations.Deliver(e, _tellsEnd ? _partition.Facts : null));
        }
        catch (AmqpException)
        {
            // Closed meanwhile: the client reads on by another link.
            _isClosed = true;
        }
    }
}
