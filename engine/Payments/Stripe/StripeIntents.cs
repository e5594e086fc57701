using System.Globalization;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using Stripe;

namespace StreamCommerce.Engine.Payments.Stripe;

/// <summary>
/// What Stripe's objects say of our operations. One payment intent is one authorization with its
/// captures and its void; our ids are in its metadata, as captures have no object of their own
/// there. Pure.
/// </summary>
internal static class StripeIntents
{
    public const string OperationKey = "operation";
    public const string OrderKey = "order";

    // What is no longer there to be captured, by the buyer, the shop or Stripe.
    private const string Canceled = "canceled";

    // Keys have 40 characters at most, ids may have more.
    private const string CapturePrefix = "capture_";

    public static Dictionary<string, string> MetadataOf(PaymentOperation operation) => new()
    {
        [OperationKey] = operation.Id.Value,
        [OrderKey] = operation.Order.Value,
    };

    /// <summary>The note of a capture: its key, and its value "units id".</summary>
    public static (string Key, string Value) CaptureNote(PaymentOperation capture, long units) =>
        (CaptureKey(capture.Id), string.Create(
            CultureInfo.InvariantCulture, $"{units} {capture.Id}"));

    /// <summary>The authorization that an intent is.</summary>
    public static PaymentOutcome Authorization(PaymentIntent intent)
    {
        switch (intent.Status)
        {
            case "requires_capture" or "succeeded":
                return new PaymentOutcome.Approved(
                    intent.Id, StripeAmounts.ToMoney(intent.Amount, intent.Currency));
            case "requires_action":
                var url = intent.NextAction?.RedirectToUrl?.Url;
                return new PaymentOutcome.ActionRequired(
                    intent.Id, intent.ClientSecret, url is null ? null : new Uri(url));
            case "requires_payment_method":
                return Declined(intent.LastPaymentError, intent.Id);
            case Canceled when WasAuthorized(intent):
                return new PaymentOutcome.Approved(
                    intent.Id, StripeAmounts.ToMoney(intent.Amount, intent.Currency));
            case Canceled:
                return new PaymentOutcome.Declined(Canceled, DeclineAction.Stop, intent.Id);
            default:
                return new PaymentOutcome.Unknown($"Stripe says {intent.Status} of {intent.Id}.");
        }
    }

    /// <summary>What an intent knows of a capture.</summary>
    public static PaymentOutcome Capture(PaymentIntent intent, OperationId capture)
    {
        if (intent.AmountReceived > 0
            && intent.Metadata?.TryGetValue(CaptureKey(capture), out var note) == true
            && Note(note) is var (units, id) && id == capture)
        {
            return new PaymentOutcome.Approved(
                intent.Id, StripeAmounts.ToMoney(units, intent.Currency));
        }
        return new PaymentOutcome.NeverSeen();
    }

    /// <summary>What an intent knows of a void.</summary>
    public static PaymentOutcome Void(PaymentIntent intent) => intent.Status == Canceled
        ? new PaymentOutcome.Approved(
            intent.Id, StripeAmounts.ToMoney(intent.Amount, intent.Currency))
        : new PaymentOutcome.NeverSeen();

    public static PaymentOutcome Refund(Refund refund) => refund.Status is "failed" or Canceled
        ? new PaymentOutcome.Declined(
            refund.FailureReason ?? Canceled, DeclineAction.Stop, refund.Id)
        : new PaymentOutcome.Approved(
            refund.Id, StripeAmounts.ToMoney(refund.Amount, refund.Currency));

    public static PaymentOutcome Declined(StripeError? error, string? reference)
    {
        var code = error?.DeclineCode ?? error?.Code ?? DeclineCodes.Generic;
        // What Stripe calls a card that was declined without saying why.
        if (code == "card_declined") code = DeclineCodes.Generic;
        return new PaymentOutcome.Declined(code, DeclineCodes.ActionOf(code), reference);
    }

    /// <summary>The records that an intent stands for.</summary>
    public static IEnumerable<GatewayRecord> Records(PaymentIntent intent)
    {
        var amount = StripeAmounts.ToMoney(intent.Amount, intent.Currency);
        yield return new(
            OperationOf(intent.Metadata), OrderOf(intent.Metadata), PaymentKind.Authorize,
            StateOf(Authorization(intent)), amount, intent.Id, At(intent.Created));
        var noted = 0L;
        foreach (var (key, value) in intent.Metadata ?? [])
        {
            if (!key.StartsWith(CapturePrefix, StringComparison.Ordinal)) continue;
            if (intent.AmountReceived <= 0 || Note(value) is not var (units, id)) continue;
            noted += units;
            yield return new(id, OrderOf(intent.Metadata), PaymentKind.Capture,
                PaymentState.Succeeded, StripeAmounts.ToMoney(units, intent.Currency), intent.Id,
                At(intent.Created));
        }
        // Taken by somebody else: on Stripe's page, by another program.
        if (intent.AmountReceived > noted)
        {
            yield return new(null, OrderOf(intent.Metadata), PaymentKind.Capture,
                PaymentState.Succeeded,
                StripeAmounts.ToMoney(intent.AmountReceived - noted, intent.Currency), intent.Id,
                At(intent.Created));
        }
        if (intent.Status == Canceled)
        {
            yield return new(null, OrderOf(intent.Metadata), PaymentKind.Void,
                PaymentState.Succeeded, amount, intent.Id,
                At(intent.CanceledAt ?? intent.Created));
        }
    }

    public static GatewayRecord Record(Refund refund) => new(
        OperationOf(refund.Metadata), OrderOf(refund.Metadata), PaymentKind.Refund,
        StateOf(Refund(refund)), StripeAmounts.ToMoney(refund.Amount, refund.Currency), refund.Id,
        At(refund.Created));

    public static OperationId? OperationOf(Dictionary<string, string>? metadata) =>
        metadata?.TryGetValue(OperationKey, out var id) == true ? new OperationId(id) : null;

    public static OrderId? OrderOf(Dictionary<string, string>? metadata) =>
        metadata?.TryGetValue(OrderKey, out var id) == true ? new OrderId(id) : null;

    public static PaymentState StateOf(PaymentOutcome outcome) => outcome switch
    {
        PaymentOutcome.Approved => PaymentState.Succeeded,
        PaymentOutcome.Declined => PaymentState.Declined,
        PaymentOutcome.ActionRequired => PaymentState.ActionRequired,
        _ => PaymentState.Pending,
    };

    public static DateTimeOffset At(DateTime utc) =>
        new(DateTime.SpecifyKind(utc, DateTimeKind.Utc), TimeSpan.Zero);

    // An intent that never got as far as a charge that held was declined or left alone.
    private static bool WasAuthorized(PaymentIntent intent) =>
        intent.LatestChargeId is not null && intent.LastPaymentError is null;

    private static string CaptureKey(OperationId id) =>
        CapturePrefix + StableHash.Of(id.Value).ToString("x16", CultureInfo.InvariantCulture);

    private static (long Units, OperationId Id)? Note(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && long.TryParse(
            value.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var units)
            ? (units, new OperationId(value[(space + 1)..])) : null;
    }
}
