using System.Reactive.Subjects;
using System.Threading.Channels;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// What the stores have durably changed, in the order of the commits. The store's writer only
/// puts the changes of a commit into a bounded queue; one task of this class calls the observers,
/// one after another, so that no observer can hold up a commit. An observer that throws is
/// detached and gets its exception as <see cref="IObserver{T}.OnError"/>.
/// </summary>
public sealed class StoreChangeStream : IObservable<StoreChange>, IAsyncDisposable
{
    // Commits that may wait: at 1,000 commits a second, an observer may stall for four seconds.
    private const int QueueLimit = 4_096;

    private readonly Subject<StoreChange> _subject = new();
    private readonly Channel<StoreChange[]> _queue;
    private readonly Task _pump;
    private long _lost;

    public StoreChangeStream()
    {
        // Not Wait: a slow dashboard must not stop the shop. What is left out is counted and told.
        _queue = Channel.CreateBounded<StoreChange[]>(
            new BoundedChannelOptions(QueueLimit)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            },
            dropped => Interlocked.Add(ref _lost, dropped.Length));
        _pump = Task.Run(PumpAsync);
    }

    public IDisposable Subscribe(IObserver<StoreChange> observer) =>
        Guarded.Attach(_subject, observer);

    /// <summary>Hands over what a commit has changed; never waits.</summary>
    internal void Publish(StoreChange[] changes)
    {
        if (changes.Length > 0 && _subject.HasObservers) _queue.Writer.TryWrite(changes);
    }

    /// <summary>Delivers what is queued, then completes the observers.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _pump;
        _subject.Dispose();
    }

    private async Task PumpAsync()
    {
        await foreach (var changes in _queue.Reader.ReadAllAsync())
        {
            var lost = Interlocked.Exchange(ref _lost, 0);
            if (lost > 0) _subject.OnNext(new ChangesLost(lost));
            foreach (var change in changes) _subject.OnNext(change);
        }
        _subject.OnCompleted();
    }

    // Keeps an observer's exception from the stream and from the other observers.
    private sealed class Guarded : IObserver<StoreChange>, IDisposable
    {
        private readonly IObserver<StoreChange> _observer;
        private IDisposable? _subscription;
        private volatile bool _detached;

        private Guarded(IObserver<StoreChange> observer) => _observer = observer;

        public static Guarded Attach(Subject<StoreChange> subject, IObserver<StoreChange> observer)
        {
            var guarded = new Guarded(observer);
            guarded._subscription = subject.Subscribe(guarded);
            return guarded;
        }

        public void OnNext(StoreChange value)
        {
            if (_detached) return;
            // Not by Call: a closure for each of the changes of a busy shop.
            try
            {
                _observer.OnNext(value);
            }
            catch (Exception fault)
            {
                Detach(fault);
            }
        }

        public void OnError(Exception error) => Call(() => _observer.OnError(error));

        public void OnCompleted() => Call(_observer.OnCompleted);

        public void Dispose()
        {
            _detached = true;
            _subscription?.Dispose();
        }

        private void Call(Action tell)
        {
            if (_detached) return;
            try
            {
                tell();
            }
            catch (Exception fault)
            {
                Detach(fault);
            }
        }

        private void Detach(Exception fault)
        {
            Dispose();
            try
            {
                _observer.OnError(fault);
            }
            catch (Exception)
            {
                // It is detached already, and there is nobody else to tell.
            }
        }
    }
}
