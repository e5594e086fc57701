namespace StreamCommerce.Api.Live;

/// <summary>Lets so many subscribers in and no more. Any thread.</summary>
internal sealed class SubscriberGate(int limit)
{
    private int _count;

    /// <summary>Subscribers now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>False where there are too many; else <see cref="Leave"/> must follow.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= limit) return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);
}
