using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Sales;

/// <summary>
/// Counts distinct texts by their 64-bit hashes: among a million, two share one with a
/// probability of 3 in 10^8. Beyond its limit it stops counting and says so.
/// </summary>
public sealed class DistinctTexts
{
    /// <summary>Texts that are told apart, some 20 bytes each.</summary>
    public const int Limit = 4_000_000;

    private readonly HashSet<ulong> _hashes = [];
    private readonly List<ulong> _unsaved = [];

    /// <summary>The hashes, for the union over partitions.</summary>
    public IReadOnlyCollection<ulong> Hashes => _hashes;

    /// <summary>False where there may be more than were counted.</summary>
    public bool IsExact => _hashes.Count < Limit;

    public void Add(string text)
    {
        if (!IsExact) return;
        var hash = StableHash.Of(text);
        if (_hashes.Add(hash)) _unsaved.Add(hash);
    }

    /// <summary>Takes a text out by its hash and keeps the count: in its place comes a number that
    /// stands for nobody. All must be saved anew.</summary>
    /// <returns>False where it is not there.</returns>
    public bool Replace(ulong hash)
    {
        if (!_hashes.Remove(hash)) return false;
        _unsaved.Remove(hash);
        // The small numbers are taken one after the other; no text is likely to hash to one.
        var placeholder = 1UL;
        while (!_hashes.Add(placeholder)) placeholder++;
        _unsaved.Add(placeholder);
        return true;
    }

    public void Save(StateWriter output, bool everything)
    {
        output.WriteCount(everything ? _hashes.Count : _unsaved.Count);
        foreach (var hash in everything ? (IEnumerable<ulong>)_hashes : _unsaved)
            output.WriteUInt64(hash);
        _unsaved.Clear();
    }

    public void Load(StateReader input)
    {
        for (var count = input.ReadCount(); count > 0; count--) _hashes.Add(input.ReadUInt64());
    }
}
