using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>
/// A node that answers requests: a client opens a link to it for requests and one from it for
/// answers, and a request's <c>reply-to</c> names the latter by its target's address (.NET) or by
/// its own name (JavaScript).
/// </summary>
internal sealed class RequestNode(Func<Message, Message> answer)
{
    private const int Credit = 100;

    private readonly ConcurrentDictionary<string, ListenerLink> _responders = new();

    /// <summary>Lets a link in.</summary>
    public void Enter(AttachContext context)
    {
        if (!context.Attach.Role)
        {
            context.Complete(new RequestEndpoint(this), Credit);
            return;
        }
        string[] names = context.Attach.Target is Target { Address: { Length: > 0 } address }
            ? [address, context.Attach.LinkName] : [context.Attach.LinkName];
        foreach (var name in names) _responders[name] = context.Link;
        context.Complete(new ResponseEndpoint(() =>
        {
            foreach (var name in names) _responders.TryRemove(name, out _);
        }), 0);
    }

    private void Handle(MessageContext context)
    {
        var request = context.Message;
        context.Complete();
        if (!_responders.TryGetValue(request.Properties.ReplyTo, out var responder)) return;
        var response = answer(request);
        response.Properties = new Properties();
        response.Properties.SetCorrelationId(request.Properties.GetMessageId());
        responder.SendMessage(response);
    }

    private sealed class RequestEndpoint(RequestNode node) : LinkEndpoint
    {
        public override void OnMessage(MessageContext messageContext) =>
            node.Handle(messageContext);

        public override void OnFlow(FlowContext flowContext)
        {
        }

        public override void OnDisposition(DispositionContext dispositionContext) =>
            dispositionContext.Complete();
    }

    private sealed class ResponseEndpoint(Action closed) : LinkEndpoint
    {
        public override void OnFlow(FlowContext flowContext)
        {
        }

        public override void OnDisposition(DispositionContext dispositionContext) =>
            dispositionContext.Complete();

        public override void OnLinkClosed(ListenerLink link, Error error) => closed();
    }
}
