using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage;

/// <summary>
/// Those that see each commit before it is answered. The store's writer tells them; any thread
/// attaches and detaches.
/// </summary>
internal sealed class CommitObservers
{
    private readonly Lock _gate = new();
    private volatile ICommitObserver[] _observers = [];

    /// <summary>From here on the observer is told of every commit; disposing ends that.</summary>
    public IDisposable Attach(ICommitObserver observer)
    {
        lock (_gate) _observers = [.. _observers, observer];
        return new Attachment(this, observer);
    }

    /// <summary>Tells of a commit; for the writer, between the commit and its answers.</summary>
    public void Tell(ReadOnlySpan<StoreChange> changes)
    {
        if (changes.IsEmpty) return;
        foreach (var observer in _observers)
        {
            try
            {
                observer.Committed(changes);
            }
            catch (Exception fault)
            {
                // A sale that is durable must be answered as such, whatever one makes of it.
                Detach(observer);
                observer.Detached(fault);
            }
        }
    }

    private void Detach(ICommitObserver observer)
    {
        lock (_gate) _observers = [.. _observers.Where(other => other != observer)];
    }

    private sealed class Attachment(CommitObservers owner, ICommitObserver observer) : IDisposable
    {
        public void Dispose() => owner.Detach(observer);
    }
}
