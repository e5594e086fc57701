using System.Collections.Concurrent;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>What may go wrong with a send.</summary>
internal enum SendFault
{
    /// <summary>Rejected; nothing is stored.</summary>
    Rejected,

    /// <summary>The link is closed before the batch is stored.</summary>
    DetachBefore,

    /// <summary>The link is closed when the batch is stored, without an answer.</summary>
    DetachAfter,

    /// <summary>No answer; nothing is stored.</summary>
    SilentBefore,

    /// <summary>The batch is stored, but there is no answer.</summary>
    SilentAfter,
}

/// <summary>The faults that a test has switched on. Any thread.</summary>
internal sealed class BrokerFaults
{
    private readonly ConcurrentQueue<SendFault> _sends = new();

    /// <summary>Whether every new link of a sender or reader is refused.</summary>
    public bool RefusesLinks { get; set; }

    /// <summary>Whether every send is rejected, beside the planned faults.</summary>
    public bool RefusesSends { get; set; }

    /// <summary>Lets the next sends fail, one by one.</summary>
    public void PlanSends(params ReadOnlySpan<SendFault> faults)
    {
        foreach (var fault in faults) _sends.Enqueue(fault);
    }

    public SendFault? NextSend() => _sends.TryDequeue(out var fault)
        ? fault : RefusesSends ? SendFault.Rejected : null;
}
