using StreamCommerce.Engine.Outbox;

namespace StreamCommerce.Engine.Storage;

/// <summary>The outbox's port over units of work.</summary>
internal sealed class OutboxStore(IShopRunner runner) : IOutbox
{
    public ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.ReadAsync(tx => tx.Outbox.Read(limit), ct);
    }

    public async ValueTask RemoveThroughAsync(long id, CancellationToken ct) =>
        await runner.WriteAsync(
            tx =>
            {
                tx.Outbox.RemoveThrough(id);
                return true;
            },
            ct);

    public Task WaitForEntriesAsync(CancellationToken ct) => runner.OutboxSignal.WaitAsync(ct);
}
