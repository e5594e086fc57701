namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// A set of 128-bit fingerprints by open addressing with linear probing: 16 bytes a place, at
/// most three quarters full. A third of the memory of a <see cref="HashSet{T}"/>.
/// </summary>
internal sealed class FingerprintSet
{
    private UInt128[] _places = new UInt128[1024];

    public int Count { get; private set; }

    /// <summary>
    /// Makes room at once for as many. To be called before fingerprints are added in the order of
    /// <see cref="All"/>: in a smaller set they would fall side by side, and be found by walking.
    /// </summary>
    public void Reserve(int count)
    {
        while (count > _places.Length / 4 * 3) Grow();
    }

    /// <summary>False where the set holds it already.</summary>
    public bool Add(UInt128 fingerprint)
    {
        // Zero marks an empty place; the one event in 2^128 that hashes to it is moved aside.
        if (fingerprint == UInt128.Zero) fingerprint = UInt128.One;
        if (Count >= _places.Length / 4 * 3) Grow();
        ref var place = ref Find(_places, fingerprint);
        if (place == fingerprint) return false;
        place = fingerprint;
        Count++;
        return true;
    }

    public bool Contains(UInt128 fingerprint)
    {
        if (fingerprint == UInt128.Zero) fingerprint = UInt128.One;
        return Find(_places, fingerprint) == fingerprint;
    }

    public IEnumerable<UInt128> All => _places.Where(place => place != UInt128.Zero);

    private void Grow()
    {
        var larger = new UInt128[2 * _places.Length];
        foreach (var fingerprint in _places)
            if (fingerprint != UInt128.Zero) Find(larger, fingerprint) = fingerprint;
        _places = larger;
    }

    private static ref UInt128 Find(UInt128[] places, UInt128 fingerprint)
    {
        var mask = places.Length - 1;
        var i = (int)(ulong)fingerprint & mask;
        while (places[i] != UInt128.Zero && places[i] != fingerprint) i = (i + 1) & mask;
        return ref places[i];
    }
}
