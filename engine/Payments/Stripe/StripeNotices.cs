using System.Text;
using Stripe;

namespace StreamCommerce.Engine.Payments.Stripe;

/// <summary>Reads Stripe's webhooks. Pure; the signature has been checked before.</summary>
internal static class StripeNotices
{
    public static PaymentNotice? Read(string gateway, ReadOnlySpan<byte> body)
    {
        Event told;
        try
        {
            // Another version of the API than the library's is no reason to lose a message.
            told = EventUtility.ParseEvent(
                Encoding.UTF8.GetString(body), throwOnApiVersionMismatch: false);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            throw new FormatException("The body is no event of Stripe.", fault);
        }
        if (told?.Id is null || told.Type is null)
            throw new FormatException("The body is no event of Stripe.");
        return told.Data?.Object switch
        {
            PaymentIntent intent when KindOf(told.Type) is { } kind =>
                OfIntent(gateway, told, intent, kind),
            Refund refund => OfRefund(gateway, told, refund),
            _ => null,
        };
    }

    private static PaymentNotice OfIntent(
        string gateway, Event told, PaymentIntent intent, PaymentKind kind)
    {
        var state = kind == PaymentKind.Authorize
            ? StripeIntents.StateOf(StripeIntents.Authorization(intent)) : PaymentState.Succeeded;
        var units = kind == PaymentKind.Capture ? intent.AmountReceived : intent.Amount;
        return new(
            gateway, told.Id,
            // An intent names its authorization; which capture or void it was, the orders know.
            kind == PaymentKind.Authorize ? StripeIntents.OperationOf(intent.Metadata) : null,
            StripeIntents.OrderOf(intent.Metadata), kind, state, intent.Id,
            StripeAmounts.ToMoney(units, intent.Currency), StripeIntents.At(told.Created));
    }

    private static PaymentNotice OfRefund(string gateway, Event told, Refund refund)
    {
        var record = StripeIntents.Record(refund);
        return new(
            gateway, told.Id, record.Operation, record.Order, record.Kind, record.State,
            refund.PaymentIntentId ?? refund.Id, record.Amount, StripeIntents.At(told.Created));
    }

    private static PaymentKind? KindOf(string type) => type switch
    {
        "payment_intent.amount_capturable_updated" or "payment_intent.payment_failed"
            or "payment_intent.requires_action" => PaymentKind.Authorize,
        "payment_intent.succeeded" => PaymentKind.Capture,
        "payment_intent.canceled" => PaymentKind.Void,
        _ => null,
    };
}
