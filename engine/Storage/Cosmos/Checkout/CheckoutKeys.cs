using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos.Checkout;

/// <summary>The idempotency keys, and what of their first steps is not finished. Any thread.
/// </summary>
internal sealed class CheckoutKeys(DocumentContainer keys, TimeProvider time)
{
    public async ValueTask<KeyDocument?> FindAsync(string id, CancellationToken ct) =>
        (await keys.FindAsync<KeyDocument>(id, id, ct))?.Document;

    /// <summary>Whether the key is there now, whichever instance has added it.</summary>
    public ValueTask<bool> IsThereAsync(string id, CancellationToken ct) =>
        keys.IsThereAsync(id, id, ct);

    /// <summary>Adds a key; false where it is there.</summary>
    public async ValueTask<bool> TryAddAsync(KeyDocument key, CancellationToken ct) =>
        (await keys.CreateAsync(key.Id, key, ct)).Result == Written.Done;

    /// <summary>The first step is finished, whoever did it.</summary>
    public async ValueTask CloseAsync(KeyDocument key, CancellationToken ct) =>
        await keys.PatchAsync(key.Id, key.Id, [PatchOperation.Remove("/open")],
            "FROM c WHERE IS_DEFINED(c.open)", ct);

    /// <summary>Keys whose first step was left half done.</summary>
    public async ValueTask<IReadOnlyList<KeyDocument>> ListLeftAsync(
        int limit, CancellationToken ct) =>
        await keys.ListAsync<KeyDocument>(
            new QueryDefinition(
                "SELECT * FROM c WHERE IS_DEFINED(c.open.order.id) AND c.startedAt <= @before")
                .WithParameter("@before", time.GetUtcNow() - SagaTime.Lease), limit, ct);

    /// <summary>Forgets keys that are older than a moment.</summary>
    public async ValueTask<int> ForgetAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        var old = await keys.ListAsync<KeyDocument>(
            new QueryDefinition("SELECT * FROM c WHERE c.startedAt < @before")
                .WithParameter("@before", before), limit, ct);
        await SideBySide.RunAsync(old, key => keys.DeleteAsync(key.Id, key.Id, null, ct));
        return old.Count;
    }

    /// <summary>Whether whoever began a key is not at work on it any more.</summary>
    public bool IsLeft(KeyDocument key) => time.GetUtcNow() >= key.StartedAt + SagaTime.Lease;
}
