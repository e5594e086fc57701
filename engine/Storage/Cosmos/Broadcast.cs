using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Tells this process of what it has durably written, before the write is answered. What other
/// instances write comes by the change feed.
/// </summary>
internal sealed class Broadcast : IAsyncDisposable
{
    // Observers are told by one thread at a time, as stores with one writer do.
    private readonly Lock _gate = new();

    public StoreChangeStream Changes { get; } = new();

    public CommitObservers Observers { get; } = new();

    public OutboxSignal OutboxSignal { get; } = new();

    public void Tell(params StoreChange[] changes)
    {
        lock (_gate)
        {
            Observers.Tell(changes);
            Changes.Publish(changes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Changes.DisposeAsync();
        OutboxSignal.Dispose();
    }
}
