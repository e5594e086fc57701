using StreamCommerce.Engine;

namespace StreamCommerce.Api.Problems;

/// <summary>The one table from the shop's refusals to problem details.</summary>
internal static class RefusalProblems
{
    /// <summary>The problem that a refusal is told as.</summary>
    public static Problem ToProblem(this Refusal refusal)
    {
        var (status, title) = Row(refusal.Code);
        return Problem.Of(status, Kind(refusal.Code), title, refusal.Detail) with
        {
            Errors = refusal.Field is { } field
                ? [new FieldProblem(field, refusal.Detail)] : null,
            RetryAfterSeconds = refusal.Code == RefusalCode.InProgress ? 1 : null,
            Lines = refusal.Lines.Count == 0 ? null : [.. refusal.Lines.Select(line =>
                new LineProblem(line.Sku.Value, line.Asked, line.Available))],
        };
    }

    private static (int Status, string Title) Row(RefusalCode code) => code switch
    {
        RefusalCode.Invalid => (400, "A value is outside its limits"),
        RefusalCode.InvalidQuantity => (400, "The quantity is not valid"),
        RefusalCode.QuantityLimit => (422, "Too many units"),
        RefusalCode.LineLimit => (422, "Too many lines"),
        RefusalCode.UnknownProduct => (404, "The catalogue has no such product"),
        RefusalCode.CurrencyMismatch => (422, "The currencies differ"),
        RefusalCode.EmptyCart => (422, "There is nothing to buy"),
        RefusalCode.CartOfAnother => (403, "The cart is another visitor's"),
        RefusalCode.OutOfStock => (409, "Not enough is in stock"),
        RefusalCode.PriceChanged => (409, "The total has changed"),
        RefusalCode.VersionMismatch => (412, "It has changed since it was read"),
        RefusalCode.IdReused => (422, "The id was used for another request"),
        RefusalCode.InProgress => (409, "The first request is being worked on"),
        RefusalCode.UnknownReservation => (404, "There is no such reservation"),
        RefusalCode.ReservationClosed => (409, "The reservation is closed"),
        RefusalCode.UnknownOrder => (404, "There is no such order"),
        RefusalCode.OrderState => (409, "The order's state does not allow it"),
        RefusalCode.InvalidAmount => (422, "The amount is not possible"),
        RefusalCode.PaymentRequired => (402, "There is something to pay"),
        RefusalCode.PaymentDeclined => (402, "The payment was declined"),
        RefusalCode.PaymentRejected => (422, "The gateway does not take this payment"),
        RefusalCode.PaymentUnavailable => (503, "No payment gateway can be reached"),
        RefusalCode.FraudSuspected => (403, "The order is not accepted"),
        RefusalCode.StockLost => (409, "The stock was lost before the payment was through"),
        RefusalCode.OrderCancelled => (409, "The order was cancelled"),
        RefusalCode.UnknownCoupon => (422, "There is no such coupon"),
        RefusalCode.CouponExpired => (422, "The coupon has expired"),
        RefusalCode.CouponUsedUp => (409, "The coupon is used up"),
        RefusalCode.CouponNotApplicable => (422, "The coupon is not for this order"),
        RefusalCode.DestinationRequired => (422, "A destination is needed"),
        RefusalCode.NoShipping => (422, "It cannot be sent there"),
        RefusalCode.UnknownTransfer => (404, "There is no such transfer"),
        _ => (400, "The shop says no"),
    };

    // OutOfStock becomes out-of-stock.
    private static string Kind(RefusalCode code) => string.Concat(code.ToString().Select(
        (c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}"
            : char.ToLowerInvariant(c).ToString()));
}
