using System.Collections.Concurrent;
using System.Globalization;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Sasl;
using Amqp.Types;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>
/// An AMQP 1.0 broker on this machine's loopback that does what Event Hubs' documentation says of
/// hubs: tokens, properties, partitions, consumer groups, filters, partition keys, batches, owner
/// levels, limits. The official clients accept it by the emulator's connection string. It can be
/// shut and opened again at the same port, as a service that goes away; the hubs stay.
/// </summary>
internal sealed class HubBroker : ILinkProcessor, IAsyncDisposable
{
    private const string OwnerLevel = "com.microsoft:epoch";
    private const string TellsEnd = "com.microsoft:enable-receiver-runtime-metric";

    private readonly ConcurrentDictionary<string, BrokerHub> _hubs =
        new(StringComparer.OrdinalIgnoreCase);

    private readonly RequestNode _tokens = new(BrokerAnswers.ToToken);
    private readonly RequestNode _management;
    private ContainerHost? _host;

    private HubBroker() => _management = new(request =>
        BrokerAnswers.ToQuestion(request, name => _hubs.GetValueOrDefault(name)));

    /// <summary>Where it listens; the system has picked it.</summary>
    public int Port { get; private set; }

    public BrokerFaults Faults { get; } = new();

    /// <summary>Bytes of a message at most, as the service's standard tier has it.</summary>
    public ulong MessageSizeLimit { get; init; } = 1 << 20;

    public static HubBroker Start()
    {
        var broker = new HubBroker();
        broker.Open();
        return broker;
    }

    public BrokerHub AddHub(string name, int partitionCount, TimeProvider time) =>
        _hubs[name] = new(name, partitionCount, time);

    public void RemoveHub(string name) => _hubs.TryRemove(name, out _);

    /// <summary>What a client needs to find a hub here.</summary>
    public string ConnectionStringOf(string hub) => string.Create(CultureInfo.InvariantCulture,
        $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=test;SharedAccessKey=dGVzdA==;" +
        $"UseDevelopmentEmulator=true;EntityPath={hub}");

    /// <summary>Listens, at the same port as before.</summary>
    public void Open()
    {
        var accepting = new LoopbackListener(Port);
        Port = accepting.Port;
        var host = new ContainerHost([string.Create(
            CultureInfo.InvariantCulture, $"{LoopbackListener.Scheme}://127.0.0.1:{Port}")]);
        host.CustomTransports.Add(LoopbackListener.Scheme, accepting);
        var listener = host.Listeners[0];
        listener.SASL.EnableAnonymousMechanism = true;
        // Microsoft's name for "the token comes later", which .NET's client asks for.
        listener.SASL.EnableMechanism("MSSBCBS", SaslProfile.Anonymous);
        listener.AMQP.MaxSessionsPerConnection = 1_000;
        host.RegisterLinkProcessor(this);
        host.Open();
        _host = host;
    }

    /// <summary>Drops every connection and listens no more.</summary>
    public void Shut()
    {
        _host?.Close();
        _host = null;
    }

    public ValueTask DisposeAsync()
    {
        Shut();
        return ValueTask.CompletedTask;
    }

    void ILinkProcessor.Process(AttachContext attachContext)
    {
        var attach = attachContext.Attach;
        var address = (attach.Role
            ? ((Source)attach.Source).Address : ((Target)attach.Target).Address).Trim('/');
        if (FindNode(address) is { } node)
        {
            node.Enter(attachContext);
            return;
        }
        var refusal = Faults.RefusesLinks ? BrokerRefusal.Failed
            : attach.Role ? AddReader(attachContext, address) : AddSender(attachContext, address);
        if (refusal is not null) attachContext.Complete(refusal.AmqpError);
    }

    // JavaScript's client asks at hub/$management, .NET's at $management.
    private RequestNode? FindNode(string address) => address == "$cbs" ? _tokens
        : address.EndsWith("$management", StringComparison.Ordinal) ? _management : null;

    private BrokerRefusal? AddSender(AttachContext context, string address)
    {
        // hub, or hub/Partitions/number
        var parts = address.Split('/');
        if (!_hubs.TryGetValue(parts[0], out var hub)) return BrokerRefusal.NotFound(address);
        int? partition = null;
        if (parts.Length == 3)
        {
            if (FindPartition(hub, parts[2]) is not { } found)
                return BrokerRefusal.NotFound(address);
            partition = found.Number;
        }
        context.Attach.MaxMessageSize = MessageSizeLimit;
        context.Complete(new SenderEndpoint(hub, partition, MessageSizeLimit, Faults), 300);
        return null;
    }

    private BrokerRefusal? AddReader(AttachContext context, string address)
    {
        // hub/ConsumerGroups/group/Partitions/number
        if (address.Split('/') is not [var name, _, var group, _, var number]
            || !_hubs.TryGetValue(name, out var hub)
            || !hub.Groups.Contains(group)
            || FindPartition(hub, number) is not { } partition)
        {
            return BrokerRefusal.NotFound(address);
        }
        var reader = new ReceiverEndpoint(
            partition, group.ToUpperInvariant(), LevelOf(context.Attach),
            EventFilter.Of((Source)context.Attach.Source),
            WantsEnd(context.Attach), context.Link);
        if (partition.Enter(reader) is { } refusal) return refusal;
        context.Complete(reader, 0);
        return null;
    }

    private static BrokerPartition? FindPartition(BrokerHub hub, string number) =>
        int.TryParse(number, CultureInfo.InvariantCulture, out var i)
            && i >= 0 && i < hub.Partitions.Count ? hub.Partitions[i] : null;

    private static long? LevelOf(Attach attach) =>
        attach.Properties?[new Symbol(OwnerLevel)] is { } level
            ? Convert.ToInt64(level, CultureInfo.InvariantCulture) : null;

    private static bool WantsEnd(Attach attach) =>
        attach.DesiredCapabilities?.Contains(new Symbol(TellsEnd)) == true;
}
