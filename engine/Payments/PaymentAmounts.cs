using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>
/// What an order's operations add up to. Pure. What may have happened (pending, unknown) counts
/// on the careful side: as taken where more would be captured, as given back where more would be
/// refunded. So <c>captured ≤ authorized</c> and <c>refunded ≤ captured</c> hold whatever the
/// unknown operations came to.
/// </summary>
/// <param name="Authorized">Held or taken: authorizations that succeeded, less what was let go.
/// </param>
/// <param name="Captured">Certainly taken.</param>
/// <param name="Refunded">Certainly given back.</param>
/// <param name="Capturable">What may be captured now, over all authorizations.</param>
/// <param name="Refundable">What may be refunded now, over all authorizations.</param>
/// <param name="IsUncertain">An operation is pending or unknown.</param>
public sealed record PaymentAmounts(
    Money Authorized,
    Money Captured,
    Money Refunded,
    Money Capturable,
    Money Refundable,
    bool IsUncertain)
{
    /// <summary>Adds up an order's operations, which all have one currency.</summary>
    public static PaymentAmounts Of(
        Currency currency, IReadOnlyCollection<PaymentOperation> operations)
    {
        var (authorized, captured, refunded) = (0m, 0m, 0m);
        var (capturable, refundable, isUncertain) = (0m, 0m, false);
        foreach (var operation in operations)
        {
            isUncertain |= IsOpen(operation);
            if (operation.Kind != PaymentKind.Authorize || operation.Reference is null
                || operation.State != PaymentState.Succeeded) continue;
            var one = OfAuthorization(operations, operation, operation.Reference);
            authorized += one.Authorized;
            captured += one.Captured;
            refunded += one.Refunded;
            capturable += one.Capturable;
            refundable += one.Refundable;
        }
        return new(
            new(authorized, currency), new(captured, currency), new(refunded, currency),
            new(capturable, currency), new(refundable, currency), isUncertain);
    }

    /// <summary>What one authorization, by its reference, has left to capture.</summary>
    public static Money CapturableOf(
        PaymentOperation authorization, IReadOnlyCollection<PaymentOperation> operations) =>
        new(OfAuthorization(operations, authorization, authorization.Reference).Capturable,
            authorization.Amount.Currency);

    /// <summary>What one authorization, by its reference, has left to refund.</summary>
    public static Money RefundableOf(
        PaymentOperation authorization, IReadOnlyCollection<PaymentOperation> operations) =>
        new(OfAuthorization(operations, authorization, authorization.Reference).Refundable,
            authorization.Amount.Currency);

    /// <summary>Why a new operation would break an invariant, or null.</summary>
    public static Refusal? Check(
        PaymentOperation next, IReadOnlyCollection<PaymentOperation> operations)
    {
        if (next.Amount.Amount <= 0m || next.Amount != next.Amount.Round())
        {
            return new(RefusalCode.Invalid,
                $"{next.Amount} is not a positive amount in whole minor units.");
        }
        if (next.Kind == PaymentKind.Authorize) return CheckAuthorization(next, operations);
        var authorization = operations.FirstOrDefault(one =>
            one.Kind == PaymentKind.Authorize && one.State == PaymentState.Succeeded
            && one.Gateway == next.Gateway && one.Reference is not null
            && one.Reference == next.Target);
        if (authorization is null)
            return new(RefusalCode.Invalid, $"There is no authorization {next.Target}.");
        if (authorization.Amount.Currency != next.Amount.Currency)
        {
            return new(RefusalCode.CurrencyMismatch,
                $"The authorization is in {authorization.Amount.Currency}.");
        }
        var left = OfAuthorization(operations, authorization, authorization.Reference);
        var (limit, name) = next.Kind switch
        {
            PaymentKind.Capture => (left.Capturable, "captured"),
            PaymentKind.Refund => (left.Refundable, "refunded"),
            _ => (left.Voidable ? next.Amount.Amount : 0m, "voided"),
        };
        return next.Amount.Amount <= limit
            ? null
            : new(RefusalCode.Invalid, $"{next.Amount} cannot be {name}: " +
                $"{new Money(limit, next.Amount.Currency)} is left.");
    }

    private static Refusal? CheckAuthorization(
        PaymentOperation next, IReadOnlyCollection<PaymentOperation> operations)
    {
        // The rule that keeps a buyer from paying twice: one open authorization at a time.
        var open = operations.FirstOrDefault(one => one.Kind == PaymentKind.Authorize
            && (IsOpen(one) || one.State == PaymentState.ActionRequired) && one.Id != next.Id);
        return open is null
            ? null
            : new(RefusalCode.InProgress,
                $"Authorization {open.Id} is not decided: query it before another.");
    }

    private static bool IsOpen(PaymentOperation operation) =>
        operation.State is PaymentState.Pending or PaymentState.Unknown;

    private static Sums OfAuthorization(
        IReadOnlyCollection<PaymentOperation> operations,
        PaymentOperation authorization,
        string? reference)
    {
        var sums = new Sums { Held = authorization.Amount.Amount };
        foreach (var one in operations)
        {
            if (one.Target != reference || one.Gateway != authorization.Gateway) continue;
            var isDone = one.State == PaymentState.Succeeded;
            if (!isDone && !IsOpen(one)) continue;
            var amount = one.Amount.Amount;
            switch (one.Kind)
            {
                case PaymentKind.Capture:
                    sums.MaybeCaptured += amount;
                    sums.IsFinal |= !one.KeepRest;
                    if (isDone) sums.Captured += amount;
                    break;
                case PaymentKind.Refund:
                    sums.MaybeRefunded += amount;
                    if (isDone) sums.Refunded += amount;
                    break;
                case PaymentKind.Void:
                    sums.MaybeVoided = true;
                    sums.Voided |= isDone;
                    break;
                default:
                    break;
            }
        }
        return sums;
    }

    private record struct Sums
    {
        public decimal Held { get; init; }

        public decimal Captured { get; set; }

        public decimal MaybeCaptured { get; set; }

        public decimal Refunded { get; set; }

        public decimal MaybeRefunded { get; set; }

        public bool Voided { get; set; }

        public bool MaybeVoided { get; set; }

        public bool IsFinal { get; set; }

        public readonly decimal Authorized => Voided ? Captured : Held;

        public readonly decimal Capturable =>
            MaybeVoided || IsFinal ? 0m : Math.Max(0m, Held - MaybeCaptured);

        public readonly decimal Refundable => Math.Max(0m, Captured - MaybeRefunded);

        // What a capture may be taking must not be let go at the same time.
        public readonly bool Voidable => !IsFinal && MaybeCaptured == Captured && Captured < Held;
    }
}
