using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Storage.Cosmos.Payments;

/// <summary>
/// The webhooks' port on Cosmos DB. A webhook's id follows from its event's, so that storing it
/// twice is a conflict. Numbers are a clock's (<see cref="HybridClock"/>): those of one instance
/// are in the order of arrival, those of several in the order of their clocks. Any thread.
/// </summary>
internal sealed class CosmosWebhooks(
    DocumentContainer documents, HybridClock clock, TimeProvider time) : IWebhookStore
{
    // Keys in memory at a time: a replay may be of millions.
    private const int ReplayChunk = 512;

    public async ValueTask<bool> AddAsync(StoredWebhook webhook, CancellationToken ct)
    {
        var document = WebhookDocument.Of(webhook, clock.Next());
        var reply = await documents.CreateAsync(document.Id, document, ct);
        if (reply.Result == Written.Done) return true;
        // What is there may be our own, whose answer was lost: no other has its number.
        var stored = await documents.FindAsync<WebhookDocument>(document.Id, document.Id, ct);
        return stored?.Document.Number == document.Number;
    }

    public async ValueTask<IReadOnlyList<StoredWebhook>> ListDueAsync(
        int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var query = new QueryDefinition("SELECT TOP @limit * FROM c " +
            "WHERE c.state = 'Waiting' AND c.dueAt <= @now ORDER BY c.dueAt")
            .WithParameter("@limit", limit).WithParameter("@now", time.GetUtcNow());
        // Here, since an order of two properties would need an index of both.
        return [.. (await documents.ListAsync<WebhookDocument>(query, limit, ct))
            .Select(document => document.ToWebhook())
            .OrderBy(webhook => (webhook.DueAt, webhook.Number))];
    }

    public async ValueTask<int> UpdateAsync(
        IReadOnlyList<StoredWebhook> webhooks, CancellationToken ct)
    {
        await SideBySide.RunAsync(webhooks, webhook => PatchAsync(
            WebhookDocument.IdOf(webhook), webhook.State, webhook.Tries, webhook.DueAt, ct));
        return webhooks.Count;
    }

    public async ValueTask<int> ReplayAsync(long from, bool handledToo, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var which = handledToo ? "" : " AND c.state <> 'Handled'";
        var query = new QueryDefinition($"SELECT c.id FROM c WHERE c.number >= @from{which}")
            .WithParameter("@from", HybridClock.Format(Math.Max(from, 0)));
        var count = 0;
        await foreach (var keys in documents.ListAsync<WebhookKeyDocument>(query, ct)
            .Chunk(ReplayChunk))
        {
            await SideBySide.RunAsync(
                keys, key => PatchAsync(key.Id, WebhookState.Waiting, 0, now, ct));
            count += keys.Length;
        }
        return count;
    }

    public async ValueTask<int> ForgetAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var old = await documents.ListAsync<WebhookKeyDocument>(
            new QueryDefinition("SELECT TOP @limit c.id FROM c " +
                "WHERE c.state = 'Handled' AND c.receivedAt < @before")
                .WithParameter("@limit", limit).WithParameter("@before", before), limit, ct);
        await SideBySide.RunAsync(
            old, key => documents.DeleteAsync(key.Id, key.Id, null, ct));
        return old.Count;
    }

    // Nothing where it was forgotten meanwhile.
    private ValueTask<WriteReply> PatchAsync(
        string id, WebhookState state, int tries, DateTimeOffset dueAt, CancellationToken ct) =>
        documents.PatchAsync(id, id,
            [
                PatchOperation.Set("/state", state.ToString()),
                PatchOperation.Set("/tries", tries),
                PatchOperation.Set("/dueAt", dueAt),
                PatchOperation.Set("/ttl", WebhookDocument.TtlOf(state)),
            ], null, ct);
}
