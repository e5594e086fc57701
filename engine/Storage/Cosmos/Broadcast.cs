using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos.Feed;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Tells this process of what it has durably written, before the write is answered. What other
/// instances write comes by the change feed (<see cref="CosmosFeed"/>).
/// </summary>
internal sealed class Broadcast : IAsyncDisposable
{
    // Observers are told by one thread at a time, as stores with one writer do.
    private readonly Lock _gate = new();
    private readonly ToldVersions _told = new();

    public StoreChangeStream Changes { get; } = new();

    public CommitObservers Observers { get; } = new();

    public OutboxSignal OutboxSignal { get; } = new();

    /// <summary>Tells what this instance has written; nothing older than what was told.</summary>
    public void Tell(params StoreChange[] changes) => Tell(changes, isOwn: true);

    /// <summary>Tells what may have been told before: what was not.</summary>
    public void TellNews(params StoreChange[] changes) => Tell(changes, isOwn: false);

    public async ValueTask DisposeAsync()
    {
        await Changes.DisposeAsync();
        OutboxSignal.Dispose();
    }

    private void Tell(StoreChange[] changes, bool isOwn)
    {
        lock (_gate)
        {
            var news = Array.FindAll(changes, change => _told.Admit(change, isOwn));
            Observers.Tell(news);
            Changes.Publish(news);
        }
    }
}
