using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments.Sandbox;

/// <summary>
/// What the sandbox tells by itself: <c>payment.authorized</c>, <c>captured</c>, <c>voided</c>,
/// <c>refunded</c>, <c>declined</c>, <c>action_required</c>. It sends nothing by itself: a test
/// takes the records of <see cref="SandboxGateway.ListAsync"/> and delivers what it wants, as
/// often and in what order it wants.
/// </summary>
public static class SandboxWebhook
{
    private const string TypePrefix = "payment.";

    /// <summary>The body for a record; the same record gives the same event id.</summary>
    public static byte[] Body(GatewayRecord record) => JsonSerializer.SerializeToUtf8Bytes(
        new SandboxEvent(
            $"evt_{record.Operation}_{NameOf(record.Kind, record.State)}",
            TypePrefix + NameOf(record.Kind, record.State),
            record.At,
            new(record.Operation, record.Order, record.Reference, record.Amount)),
        SandboxJson.Default.SandboxEvent);

    internal static PaymentNotice? Read(string gateway, ReadOnlySpan<byte> body)
    {
        SandboxEvent told;
        try
        {
            told = JsonSerializer.Deserialize(body, SandboxJson.Default.SandboxEvent)
                ?? throw new FormatException("The body is null.");
        }
        catch (JsonException fault)
        {
            throw new FormatException("The body is no event of the sandbox.", fault);
        }
        return Parse(told.Type) is var (kind, state)
            ? new PaymentNotice(gateway, told.Id, told.Data.Operation, told.Data.Order, kind, state,
                told.Data.Reference, told.Data.Amount, told.At)
            : null;
    }

    private static string NameOf(PaymentKind kind, PaymentState state) => (kind, state) switch
    {
        (_, PaymentState.Declined) => "declined",
        (_, PaymentState.ActionRequired) => "action_required",
        (PaymentKind.Authorize, _) => "authorized",
        (PaymentKind.Capture, _) => "captured",
        (PaymentKind.Void, _) => "voided",
        _ => "refunded",
    };

    private static (PaymentKind Kind, PaymentState State)? Parse(string type) => type switch
    {
        TypePrefix + "declined" => (PaymentKind.Authorize, PaymentState.Declined),
        TypePrefix + "action_required" => (PaymentKind.Authorize, PaymentState.ActionRequired),
        TypePrefix + "authorized" => (PaymentKind.Authorize, PaymentState.Succeeded),
        TypePrefix + "captured" => (PaymentKind.Capture, PaymentState.Succeeded),
        TypePrefix + "voided" => (PaymentKind.Void, PaymentState.Succeeded),
        TypePrefix + "refunded" => (PaymentKind.Refund, PaymentState.Succeeded),
        _ => null,
    };
}

/// <summary>An event of the sandbox, as it is sent.</summary>
internal sealed record SandboxEvent(
    [property: JsonRequired] string Id,
    [property: JsonRequired] string Type,
    [property: JsonRequired] DateTimeOffset At,
    [property: JsonRequired] SandboxEventData Data);

/// <summary>What the event is about.</summary>
internal sealed record SandboxEventData(
    OperationId? Operation,
    OrderId? Order,
    [property: JsonRequired] string Reference,
    [property: JsonRequired] Money Amount);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SandboxEvent))]
internal sealed partial class SandboxJson : JsonSerializerContext;
