namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// Numbers 128-bit fingerprints from 0 in the order in which they are added, by open addressing
/// with linear probing. What a fingerprint stands for is not looked at: of all that a search costs,
/// waiting for the memory is the most, and this waits once where a dictionary of texts does for
/// its bucket, its entry and its text.
/// </summary>
internal sealed class FingerprintIndex
{
    private Place[] _places = new Place[1024];

    // Two halves, since a 128-bit number would be padded to 16 bytes at both ends.
    private record struct Place(ulong High, ulong Low)
    {
        /// <summary>One more than the number: an empty place has 0.</summary>
        public int Next;
    }

    public int Count { get; private set; }

    /// <summary>The fingerprint's number, or -1 where it was not added.</summary>
    public int Find(UInt128 fingerprint) => PlaceOf(_places, fingerprint).Next - 1;

    /// <summary>Gives the next number to a fingerprint that has none.</summary>
    public int Add(UInt128 fingerprint)
    {
        if (Count >= _places.Length / 4 * 3) Grow();
        PlaceOf(_places, fingerprint) = new((ulong)(fingerprint >> 64), (ulong)fingerprint)
        {
            Next = Count + 1,
        };
        return Count++;
    }

    private void Grow()
    {
        var larger = new Place[2 * _places.Length];
        foreach (ref readonly var place in _places.AsSpan())
            if (place.Next > 0) PlaceOf(larger, new(place.High, place.Low)) = place;
        _places = larger;
    }

    private static ref Place PlaceOf(Place[] places, UInt128 fingerprint)
    {
        var (high, low) = ((ulong)(fingerprint >> 64), (ulong)fingerprint);
        var mask = places.Length - 1;
        for (var i = (int)low & mask; ; i = (i + 1) & mask)
        {
            ref var place = ref places[i];
            if (place.Next == 0 || (place.Low == low && place.High == high)) return ref place;
        }
    }
}
