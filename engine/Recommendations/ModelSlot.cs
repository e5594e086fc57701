namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Holds what requests are answered from, and changes it under them: a request works to its end
/// with what it has acquired, and what was replaced is disposed of when its last reader has left.
/// Any thread, no locks.
/// </summary>
/// <typeparam name="T">A model as it is served; it owns the file that it is mapped from.
/// </typeparam>
public sealed class ModelSlot<T> : IDisposable
    where T : class, IDisposable
{
    private Shared? _current;

    /// <summary>What is held now, for as long as the lease is.</summary>
    public ModelLease<T> Acquire()
    {
        while (true)
        {
            var shared = Volatile.Read(ref _current);
            if (shared is null) return ModelLease<T>.Empty;
            if (shared.TryEnter()) return new(shared);
            // Replaced between the two lines: the next look finds its successor.
        }
    }

    /// <summary>Puts something in, or nothing; what was there is left to its readers.</summary>
    /// <param name="next">Belongs to the slot from here on.</param>
    public void Replace(T? next)
    {
        var shared = next is null ? null : new Shared(next);
        Interlocked.Exchange(ref _current, shared)?.Leave();
    }

    /// <summary>Empties the slot.</summary>
    public void Dispose() => Replace(null);

    /// <summary>A value and its readers; the slot counts as one.</summary>
    internal sealed class Shared(T value)
    {
        private int _readers = 1;

        public T Value => value;

        /// <summary>False where the last one has left, and it is disposed of.</summary>
        public bool TryEnter()
        {
            var readers = Volatile.Read(ref _readers);
            while (readers > 0)
            {
                var seen = Interlocked.CompareExchange(ref _readers, readers + 1, readers);
                if (seen == readers) return true;
                readers = seen;
            }
            return false;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _readers) == 0) value.Dispose();
        }
    }
}

/// <summary>
/// The right to read what a <see cref="ModelSlot{T}"/> held; dispose of it soon, on any thread.
/// </summary>
public sealed class ModelLease<T> : IDisposable
    where T : class, IDisposable
{
    internal static readonly ModelLease<T> Empty = new(null);

    private ModelSlot<T>.Shared? _shared;

    internal ModelLease(ModelSlot<T>.Shared? shared) => _shared = shared;

    /// <summary>Null where the slot was empty, or the lease is over.</summary>
    public T? Value => Volatile.Read(ref _shared)?.Value;

    public void Dispose() => Interlocked.Exchange(ref _shared, null)?.Leave();
}
