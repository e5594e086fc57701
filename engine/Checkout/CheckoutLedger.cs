using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// What is known of an idempotency key: the order that it began, or why it began none.
/// </summary>
/// <param name="Key">The key.</param>
/// <param name="RequestHash">What was asked for, hashed.</param>
/// <param name="StartedAt">When the first attempt came, by the store's clock.</param>
/// <param name="Order">The order that was begun.</param>
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

    /// <summary>Why the request cannot have the key's order; null where it can.</summary>
    public static Refusal? Check(LedgerEntry entry, ulong requestHash) =>
        entry.RequestHash == requestHash
            ? entry.Refusal
            : new(RefusalCode.IdReused, $"The idempotency key '{entry.Key.Key}' was used for " +
                "another request; use a new key.");
}
