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
        var due = new List<StoredWebhook>();
        var query = new QueryDefinition("SELECT TOP @limit * FROM c " +
            "WHERE c.state = 'Waiting' AND c.dueAt <= @now ORDER BY c.dueAt")
            .WithParameter("@limit", limit).WithParameter("@now", time.GetUtcNow());
        await foreach (var document in documents.ListAsync<WebhookDocument>(query, ct))
            due.Add(document.ToWebhook());
        // Here, since an order of two properties would need an index of both.
        return [.. due.OrderBy(webhook => (webhook.DueAt, webhook.Number))];
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
        var again = await KeysAsync(new QueryDefinition(
            $"SELECT c.id FROM c WHERE c.number >= @from{which}")
            .WithParameter("@from", HybridClock.Format(Math.Max(from, 0))), ct);
        await SideBySide.RunAsync(
            again, key => PatchAsync(key.Id, WebhookState.Waiting, 0, now, ct));
        return again.Count;
    }

    public async ValueTask<int> ForgetAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var old = await KeysAsync(new QueryDefinition("SELECT TOP @limit c.id FROM c " +
            "WHERE c.state = 'Handled' AND c.receivedAt < @before")
            .WithParameter("@limit", limit).WithParameter("@before", before), ct);
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

    private async ValueTask<IReadOnlyList<WebhookKeyDocument>> KeysAsync(
        QueryDefinition query, CancellationToken ct)
    {
        var keys = new List<WebhookKeyDocument>();
        await foreach (var key in documents.ListAsync<WebhookKeyDocument>(query, ct))
            keys.Add(key);
        return keys;
    }
}
