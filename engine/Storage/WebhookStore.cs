using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Storage;

/// <summary>The webhooks' port over units of work.</summary>
internal sealed class WebhookStore(IShopRunner runner) : IWebhookStore
{
    public async ValueTask<bool> AddAsync(StoredWebhook webhook, CancellationToken ct)
    {
        // Mostly duplicates reach here twice: a read spares them the wait for a commit.
        if (await runner.ReadAsync(tx => Knows(tx, webhook), ct)) return false;
        return await runner.WriteAsync(
            tx =>
            {
                if (Knows(tx, webhook)) return false;
                tx.Webhooks.Add(webhook);
                return true;
            },
            ct);
    }

    public ValueTask<IReadOnlyList<StoredWebhook>> ListDueAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.ReadAsync(tx => tx.Webhooks.ListDue(tx.Now, limit), ct);
    }

    public ValueTask<int> UpdateAsync(
        IReadOnlyList<StoredWebhook> webhooks, CancellationToken ct) =>
        runner.WriteAsync(
            tx =>
            {
                foreach (var webhook in webhooks) tx.Webhooks.Update(webhook);
                return webhooks.Count;
            },
            ct);

    public ValueTask<int> ReplayAsync(long from, bool handledToo, CancellationToken ct) =>
        runner.WriteAsync(tx => tx.Webhooks.Replay(from, handledToo, tx.Now), ct);

    public ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.WriteAsync(tx => tx.Webhooks.Forget(before, limit), ct);
    }

    private static bool Knows(IShopTransaction tx, StoredWebhook webhook) =>
        tx.Webhooks.Knows(webhook.Gateway, webhook.EventId);
}
