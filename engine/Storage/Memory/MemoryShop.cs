using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Memory;

/// <summary>
/// A shop in memory, gone with the process: the reference that the contract tests hold the other
/// stores against, and what a simulation runs on. One lock guards all rows; work reads before it
/// writes and its writes cannot fail, so there is nothing to undo.
/// </summary>
public static class MemoryShop
{
    /// <summary>Opens an empty shop.</summary>
    public static ShopStores Open(TimeProvider time) => ShopStores.Over(new Runner(time));

    private sealed class Runner(TimeProvider time) : IShopRunner
    {
        private readonly Lock _lock = new();
        private readonly MemoryTransaction _rows = new();
        private bool _shut;

        public StoreChangeStream Changes { get; } = new();

        public CommitObservers Observers { get; } = new();

        public OutboxSignal OutboxSignal { get; } = new();

        public ValueTask<T> WriteAsync<T>(Func<IShopTransaction, T> work, CancellationToken ct)
        {
            lock (_lock)
            {
                var result = Run(work);
                var changes = _rows.TakeChanges();
                Observers.Tell(changes);
                Changes.Publish(changes);
                OutboxSignal.Set();
                return ValueTask.FromResult(result);
            }
        }

        public ValueTask<T> ReadAsync<T>(Func<IShopTransaction, T> work, CancellationToken ct)
        {
            lock (_lock) return ValueTask.FromResult(Run(work));
        }

        public async ValueTask DisposeAsync()
        {
            lock (_lock)
            {
                if (_shut) return;
                _shut = true;
            }
            await Changes.DisposeAsync();
        }

        private T Run<T>(Func<IShopTransaction, T> work)
        {
            if (_shut) throw new StoreUnavailableException("The store is shut.");
            _rows.Begin(time.GetUtcNow());
            return work(_rows);
        }
    }
}
