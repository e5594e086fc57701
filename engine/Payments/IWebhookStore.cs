namespace StreamCommerce.Engine.Payments;

/// <summary>How far a webhook is.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum WebhookState : byte
{
    /// <summary>Stored; to be handled.</summary>
    Waiting = 1,

    /// <summary>Its effect was made, or it needs none.</summary>
    Handled = 2,

    /// <summary>It was tried too often; a replay tries again.</summary>
    GivenUp = 3,
}

/// <summary>A webhook, as it came.</summary>
/// <param name="Number">In the order of arrival, from 1; 0 before it is stored.</param>
/// <param name="Gateway">Who sent it.</param>
/// <param name="EventId">The gateway's id of it; unique with the gateway.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Body">Byte for byte.</param>
public sealed record StoredWebhook(
    long Number, string Gateway, string EventId, DateTimeOffset ReceivedAt, byte[] Body)
{
    /// <summary>How far it is.</summary>
    public WebhookState State { get; init; } = WebhookState.Waiting;

    /// <summary>How often handling it was tried.</summary>
    public int Tries { get; init; }

    /// <summary>When it is due; meaningless unless waiting.</summary>
    public DateTimeOffset DueAt { get; init; }
}

/// <summary>The webhooks of the gateways, stored before they are acknowledged.</summary>
/// <remarks>
/// An answer is durable. <see cref="StoreUnavailableException"/> where it cannot be; nothing else
/// but bugs.
/// </remarks>
public interface IWebhookStore
{
    /// <summary>Stores a webhook; false where the gateway has sent that event before.</summary>
    ValueTask<bool> AddAsync(StoredWebhook webhook, CancellationToken ct);

    /// <summary>Waiting webhooks whose time has come, the earliest due first.</summary>
    ValueTask<IReadOnlyList<StoredWebhook>> ListDueAsync(int limit, CancellationToken ct);

    /// <summary>Sets state, tries and due time; the rest stays as it came.</summary>
    ValueTask<int> UpdateAsync(IReadOnlyList<StoredWebhook> webhooks, CancellationToken ct);

    /// <summary>
    /// Has webhooks handled again: those that were given up or wait, from a number on; those that
    /// were handled, too, where asked. Says how many.
    /// </summary>
    ValueTask<int> ReplayAsync(long from, bool handledToo, CancellationToken ct);

    /// <summary>Forgets handled webhooks that came before a moment; says how many.</summary>
    ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken ct);
}
