using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// The fingerprints of a partition's last events, to recognize one that was sent twice: at least
/// <paramref name="count"/>, at most twice as many, 16 bytes each and a set's overhead. One
/// thread at a time.
/// </summary>
internal sealed class RecentEvents(int count)
{
    private HashSet<UInt128> _young = [];
    private HashSet<UInt128> _old = [];

    public bool Contains(CommerceEvent e)
    {
        var fingerprint = StableHash.OfEvent(e);
        return _young.Contains(fingerprint) || _old.Contains(fingerprint);
    }

    public void Add(CommerceEvent e)
    {
        if (_young.Count >= count) (_old, _young) = (_young, []);
        _young.Add(StableHash.OfEvent(e));
    }
}
