using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage;

/// <summary>Runs units of work on the rows of a shop, on whatever keeps them.</summary>
/// <remarks>
/// A write is durable before the observers are told of it, and they are told before it completes;
/// then its changes go on the stream. An exception of the
/// work undoes that unit alone and reaches its caller. <see cref="StoreUnavailableException"/>
/// where the store itself is at fault. The token gives up waiting, not the work.
/// </remarks>
internal interface IShopRunner : IAsyncDisposable
{
    StoreChangeStream Changes { get; }

    CommitObservers Observers { get; }

    OutboxSignal OutboxSignal { get; }

    ValueTask<T> WriteAsync<T>(Func<IShopTransaction, T> work, CancellationToken ct);

    /// <summary>Runs a unit that writes nothing, on one moment's state.</summary>
    ValueTask<T> ReadAsync<T>(Func<IShopTransaction, T> work, CancellationToken ct);
}
