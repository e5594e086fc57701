using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Lets each event of a partition pass once. Senders, the log and the outbox all repeat events
/// when in doubt; the same visitor's events are in the same partition, so that one partition's
/// memory suffices. It reaches back at least <paramref name="windowEvents"/> events, at most
/// twice as far: two generations, of which the older is dropped when the younger is full.
/// Keeps 128-bit fingerprints, not ids (<see cref="StableHash.OfEvent"/>).
/// </summary>
/// <param name="windowEvents">Events of this partition that are surely remembered.</param>
public sealed class EventDeduplicator(int windowEvents) : ICheckpointed
{
    private readonly List<UInt128> _unsaved = [];
    private FingerprintSet _young = new();
    private FingerprintSet _old = new();

    public string Name => "seen-events";

    public int Version => 1;

    /// <summary>Events that came again and were not let pass.</summary>
    public long Repeated { get; private set; }

    /// <summary>True at the event's first time.</summary>
    public bool IsFirst(CommerceEvent e)
    {
        var fingerprint = StableHash.OfEvent(e);
        if (_old.Contains(fingerprint) || !Remember(fingerprint))
        {
            Repeated++;
            return false;
        }
        _unsaved.Add(fingerprint);
        return true;
    }

    public void Save(StateWriter output, bool everything)
    {
        output.WriteNumber((ulong)Repeated);
        output.WriteCount(everything ? _old.Count + _young.Count : _unsaved.Count);
        // The older generation first, so that loading in this order ages it first again.
        foreach (var fingerprint in everything ? _old.All.Concat(_young.All) : _unsaved)
        {
            output.WriteUInt64((ulong)(fingerprint >> 64));
            output.WriteUInt64((ulong)fingerprint);
        }
        _unsaved.Clear();
    }

    public void Load(StateReader input)
    {
        Repeated = (long)input.ReadNumber();
        var count = input.ReadCount();
        _young.Reserve(Math.Min(_young.Count + count, windowEvents));
        for (; count > 0; count--)
            Remember(new UInt128(input.ReadUInt64(), input.ReadUInt64()));
    }

    private bool Remember(UInt128 fingerprint)
    {
        if (_young.Count < windowEvents) return _young.Add(fingerprint);
        // Asked before it is the older one, else a repeated event could slip through just now.
        if (_young.Contains(fingerprint)) return false;
        _old = _young;
        _young = new FingerprintSet();
        _young.Reserve(windowEvents);
        return _young.Add(fingerprint);
    }
}
