using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine;

/// <summary>Why the shop said no. A refusal is an expected answer, not a fault.</summary>
/// <remarks>The names are stored with idempotency keys: add new ones, never rename one.</remarks>
public enum RefusalCode
{
    /// <summary>A value is outside its limits; the detail names it.</summary>
    Invalid,

    /// <summary>A line asks for less than one unit.</summary>
    InvalidQuantity,

    /// <summary>A line asks for more units than one order may have.</summary>
    QuantityLimit,

    /// <summary>More lines than a cart or an order may have.</summary>
    LineLimit,

    /// <summary>The catalogue has no such product.</summary>
    UnknownProduct,

    /// <summary>A product is priced in another currency than the buyer pays in.</summary>
    CurrencyMismatch,

    /// <summary>Nothing to buy.</summary>
    EmptyCart,

    /// <summary>The cart belongs to another visitor.</summary>
    CartOfAnother,

    /// <summary>Less is available than was asked for; each line says how much.</summary>
    OutOfStock,

    /// <summary>The total is not the one that the buyer saw.</summary>
    PriceChanged,

    /// <summary>Somebody changed it since the version that the caller has read.</summary>
    VersionMismatch,

    /// <summary>The id was used before, for something else.</summary>
    IdReused,

    /// <summary>The first request with this idempotency key is still being worked on.</summary>
    InProgress,

    /// <summary>No such reservation.</summary>
    UnknownReservation,

    /// <summary>The reservation has been committed, released, or has expired.</summary>
    ReservationClosed,

    /// <summary>No such order.</summary>
    UnknownOrder,

    /// <summary>The order's state does not allow it.</summary>
    OrderState,

    /// <summary>The amount is not above zero and within what there is.</summary>
    InvalidAmount,

    /// <summary>There is something to pay, and nothing to pay it with.</summary>
    PaymentRequired,

    /// <summary>The gateway or the card's bank declined the payment.</summary>
    PaymentDeclined,

    /// <summary>The gateway does not take this payment at all.</summary>
    PaymentRejected,

    /// <summary>No gateway can be reached.</summary>
    PaymentUnavailable,

    /// <summary>The screening or a reviewer does not accept the order.</summary>
    FraudSuspected,

    /// <summary>The stock was gone when the payment was through; the payment is void.</summary>
    StockLost,

    /// <summary>The order was cancelled.</summary>
    OrderCancelled,
    /// <summary>No promotion has this coupon code.</summary>
    UnknownCoupon,

    /// <summary>The coupon is not valid any more.</summary>
    CouponExpired,

    /// <summary>As many orders as may use the coupon have done so.</summary>
    CouponUsedUp,

    /// <summary>The coupon is not for this order: too small, other products, not yet.</summary>
    CouponNotApplicable,

    /// <summary>The price depends on where the order is sent to, and nothing says where.</summary>
    DestinationRequired,

    /// <summary>No shipping method, or not the one asked for, goes to that destination.</summary>
    NoShipping,

    /// <summary>No such transfer.</summary>
    UnknownTransfer,
}

/// <summary>A no, with what the caller needs to do better.</summary>
/// <param name="Code">The reason, for programs.</param>
/// <param name="Detail">The reason, a sentence for people.</param>
public sealed record Refusal(RefusalCode Code, string Detail)
{
    /// <summary>Every line that is to blame; empty where no single line is.</summary>
    public IReadOnlyList<RefusedLine> Lines { get; init; } = [];

    /// <summary>
    /// The part of the request that is to blame, as a JSON Pointer; null where no single one is,
    /// or it is not known. Not kept with idempotency keys.
    /// </summary>
    [JsonIgnore]
    public string? Field { get; init; }
}

/// <summary>A line that is to blame for a refusal.</summary>
/// <param name="Sku">Its product.</param>
/// <param name="Asked">Units asked for.</param>
/// <param name="Available">Units to be had; null where stock was not the reason.</param>
public sealed record RefusedLine(Sku Sku, long Asked, long? Available = null);
