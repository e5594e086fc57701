namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Places for many small values that come and go, in one array that grows up to a limit: the
/// collector has nothing to look at, however many there are. One thread.
/// </summary>
/// <param name="limit">Values at most.</param>
internal sealed class Slab<T>(int limit) where T : struct
{
    private const int FirstLength = 256;

    private T[] _values = [];
    private int[] _free = [];
    private int _freeCount;
    private int _used;

    /// <summary>Values in use.</summary>
    public int Count => _used - _freeCount;

    public bool IsFull => _freeCount == 0 && _used == limit;

    /// <summary>Valid until the next <see cref="Take"/>, which may move all values.</summary>
    public ref T this[int place] => ref _values[place];

    /// <summary>A place with the value; there must be one.</summary>
    public int Take(in T value)
    {
        var place = _freeCount > 0 ? _free[--_freeCount] : Grow();
        _values[place] = value;
        return place;
    }

    public void Return(int place)
    {
        if (_freeCount == _free.Length)
            Array.Resize(ref _free, Math.Max(FirstLength, 2 * _free.Length));
        _free[_freeCount++] = place;
    }

    private int Grow()
    {
        if (_used == _values.Length)
        {
            var length = Math.Min(limit, Math.Max(FirstLength, 2 * _values.Length));
            if (_used == length) throw new InvalidOperationException("The slab is full.");
            Array.Resize(ref _values, length);
        }
        return _used++;
    }
}
