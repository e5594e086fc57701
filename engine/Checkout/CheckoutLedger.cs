using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// What is known of an idempotency key. In progress while it has neither order nor refusal.
/// </summary>
/// <param name="Key">The key.</param>
/// <param name="RequestHash">What was asked for, hashed.</param>
/// <param name="StartedAt">When the first attempt came, by the store's clock.</param>
/// <param name="Order">The order that was placed.</param>
/// <param name="Refusal">Why none was.</param>
public sealed record LedgerEntry(
    CheckoutKey Key,
    ulong RequestHash,
    DateTimeOffset StartedAt,
    OrderId? Order,
    Refusal? Refusal);

/// <summary>The rules of idempotency keys. Pure.</summary>
public static class CheckoutLedger
{
    /// <summary>How long a key is kept: longer than any client retries.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>
    /// The first answer where the key is known: the order to replay, or a refusal (the first
    /// one, or because the key came with another request, or is still in progress).
    /// </summary>
    public static (OrderId? Order, Refusal? Refusal) Replay(LedgerEntry entry, ulong requestHash)
    {
        if (entry.RequestHash != requestHash)
        {
            return (null, new(RefusalCode.IdReused, $"The idempotency key '{entry.Key.Key}' " +
                "was used for another request; use a new key."));
        }
        if (entry.Order is null && entry.Refusal is null)
        {
            return (null, new(RefusalCode.InProgress,
                $"The request with the idempotency key '{entry.Key.Key}' is being worked on; " +
                "ask again in a moment."));
        }
        return (entry.Order, entry.Refusal);
    }
}
