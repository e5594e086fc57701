using System.Text.Json;

namespace StreamCommerce.Engine.Payments;

/// <summary>What became of a webhook at the door.</summary>
public enum WebhookReceipt
{
    /// <summary>Stored; it will be handled.</summary>
    Stored,

    /// <summary>It had been stored before.</summary>
    Duplicate,

    /// <summary>There is no such gateway, or it has no secret.</summary>
    UnknownGateway,

    /// <summary>The signature is missing, wrong or old.</summary>
    BadSignature,

    /// <summary>The body is not what the gateway sends.</summary>
    BadBody,
}

/// <summary>
/// Takes webhooks in: the signature first, then the store, then the answer; handling them is
/// <see cref="WebhookRelay"/>'s. Any thread.
/// </summary>
public sealed class WebhookDesk(
    PaymentDesk payments,
    IWebhookStore store,
    WebhookRelay relay,
    PaymentOptions options,
    TimeProvider time)
{
    private const int EventIdLengthLimit = 255;

    /// <summary>Stores what a gateway sends.</summary>
    /// <returns>What became of it, and why not, for people.</returns>
    /// <exception cref="StoreUnavailableException">It is not stored; the gateway sends it again.
    /// </exception>
    public async ValueTask<(WebhookReceipt Receipt, string? Fault)> ReceiveAsync(
        string gateway, string? signature, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (!payments.Find(gateway, out _, out var settings)
            || string.IsNullOrEmpty(settings.WebhookSecret))
        {
            return (WebhookReceipt.UnknownGateway,
                $"There is no gateway '{gateway}' with a WebhookSecret.");
        }
        var now = time.GetUtcNow();
        if (WebhookSignature.Check(signature, body.Span, settings.WebhookSecret,
            options.WebhookTolerance, now) is { } wrong)
            return (WebhookReceipt.BadSignature, wrong);
        if (EventIdOf(body) is not { } id)
        {
            return (WebhookReceipt.BadBody,
                $"The body must be a JSON object with an 'id' of 1 to {EventIdLengthLimit} " +
                "characters.");
        }
        var isNew = await store.AddAsync(
            new(0, gateway, id, now, body.ToArray()) { DueAt = now }, ct);
        if (!isNew) return (WebhookReceipt.Duplicate, null);
        relay.Wake();
        return (WebhookReceipt.Stored, null);
    }

    private static string? EventIdOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.String
                && id.GetString() is { Length: > 0 and <= EventIdLengthLimit } text ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
