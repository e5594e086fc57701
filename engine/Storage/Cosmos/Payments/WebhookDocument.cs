using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Storage.Cosmos.Payments;

/// <summary>A webhook as it is stored, the only document of its partition.</summary>
internal sealed record WebhookDocument
{
    /// <summary>The gateway's name and its id of the event: also the partition key.</summary>
    public required string Id { get; init; }

    /// <summary>In the order of arrival.</summary>
    public required string Number { get; init; }

    public required string Gateway { get; init; }

    public required string EventId { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Byte for byte; base64 in JSON.</summary>
    public required byte[] Body { get; init; }

    public WebhookState State { get; init; }

    public int Tries { get; init; }

    public DateTimeOffset DueAt { get; init; }

    /// <summary>Seconds from its last write until it ends by itself.</summary>
    public int Ttl { get; init; }

    public StoredWebhook ToWebhook() =>
        new(HybridClock.Parse(Number), Gateway, EventId, ReceivedAt, Body)
        {
            State = State,
            Tries = Tries,
            DueAt = DueAt,
        };

    public static string IdOf(StoredWebhook webhook) =>
        DocumentId.Join(webhook.Gateway, webhook.EventId);

    /// <summary>What is handled ends when no gateway sends it again; the rest stays (-1).</summary>
    public static int TtlOf(WebhookState state) =>
        state == WebhookState.Handled ? (int)WebhookRelay.Retention.TotalSeconds : -1;

    public static WebhookDocument Of(StoredWebhook webhook, long number) => new()
    {
        Id = IdOf(webhook),
        Number = HybridClock.Format(number),
        Gateway = webhook.Gateway,
        EventId = webhook.EventId,
        ReceivedAt = webhook.ReceivedAt,
        Body = webhook.Body,
        State = webhook.State,
        Tries = webhook.Tries,
        DueAt = webhook.DueAt,
        Ttl = TtlOf(webhook.State),
    };
}

/// <summary>Which webhook, without its body.</summary>
internal sealed record WebhookKeyDocument
{
    public required string Id { get; init; }
}
