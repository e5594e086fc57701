using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>A company, outside of this shop, that moves money.</summary>
/// <remarks>
/// The contract, which every adapter's tests check:
/// <list type="bullet">
/// <item><b>Idempotent by operation id.</b> The same operation sent again, at once, later or side
/// by side, has one effect and the first one's outcome. The same id with another kind, amount,
/// currency or target is <see cref="PaymentOutcome.Rejected"/> and has no effect.</item>
/// <item><b>Amounts.</b> A capture takes all or a part of an authorization and lets go of the
/// rest, unless it asks to keep it (<see cref="PaymentOperation.KeepRest"/>), which a gateway may
/// reject. Refunds add up to no more than was captured. More, or a target that is not in the right
/// state, is Rejected, without effect. Letting go of what was let go is Approved.</item>
/// <item><b>Outcomes are values</b>: Approved, Declined, ActionRequired (authorizations only) or
/// Rejected. Queries may also answer NeverSeen.</item>
/// <item><b>Faults are exceptions of two kinds.</b> <see cref="GatewayUnavailableException"/>
/// promises that nothing was done and nothing will be. Any other exception
/// (<see cref="TimeoutException"/>, <see cref="HttpRequestException"/>, a cancelled token, …)
/// says nothing: the effect may have happened, or may still.</item>
/// <item><b>Queries tell the truth</b>, whatever the answer to the operation was: what an
/// operation came to, also after the buyer's step-up, or NeverSeen. NeverSeen allows to send the
/// operation again with the same id; because of the first rule that is safe even where the first
/// sending is still on its way.</item>
/// <item><b>Any thread</b>, any number of calls side by side.</item>
/// </list>
/// Adapters do not retry: <see cref="PaymentDesk"/> decides about that.
/// </remarks>
public interface IPaymentGateway
{
    /// <summary>The configured name, which operations carry.</summary>
    string Name { get; }

    /// <summary>Holds the amount on the card.</summary>
    ValueTask<PaymentOutcome> AuthorizeAsync(PaymentRequest request, CancellationToken ct);

    /// <summary>Takes the amount of the authorization <see cref="PaymentOperation.Target"/>.
    /// </summary>
    ValueTask<PaymentOutcome> CaptureAsync(PaymentRequest request, CancellationToken ct);

    /// <summary>Lets go of an authorization that was not captured.</summary>
    ValueTask<PaymentOutcome> VoidAsync(PaymentRequest request, CancellationToken ct);

    /// <summary>Gives back the amount, or a part, of what was captured.</summary>
    ValueTask<PaymentOutcome> RefundAsync(PaymentRequest request, CancellationToken ct);

    /// <summary>What became of an operation.</summary>
    ValueTask<PaymentOutcome> QueryAsync(PaymentOperation operation, CancellationToken ct);

    /// <summary>
    /// The gateway's own records of a time, a page of them in the gateway's order.
    /// </summary>
    /// <param name="from">The earliest time, inclusive.</param>
    /// <param name="to">The end, exclusive.</param>
    /// <param name="page">What the page before said; null for the first.</param>
    /// <param name="ct">Gives up waiting.</param>
    ValueTask<GatewayPage> ListAsync(
        DateTimeOffset from, DateTimeOffset to, string? page, CancellationToken ct);

    /// <summary>
    /// What a webhook, whose signature has been checked, tells of a payment; null where it is
    /// about something else. <see cref="FormatException"/> where it is not the gateway's.
    /// </summary>
    PaymentNotice? ReadNotice(ReadOnlySpan<byte> body);
}

/// <summary>A page of a gateway's records.</summary>
/// <param name="Records">Them.</param>
/// <param name="Next">Where the next page begins; null after the last.</param>
public sealed record GatewayPage(IReadOnlyList<GatewayRecord> Records, string? Next);

/// <summary>What a gateway knows of one operation.</summary>
/// <param name="Operation">Our id; null where it was made elsewhere (the gateway's page).</param>
/// <param name="Order">Our order; null where the gateway was not told.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="State">What became of it.</param>
/// <param name="Amount">Of what amount.</param>
/// <param name="Reference">The gateway's reference.</param>
/// <param name="At">When, by the gateway's clock.</param>
public sealed record GatewayRecord(
    OperationId? Operation,
    OrderId? Order,
    PaymentKind Kind,
    PaymentState State,
    Money Amount,
    string Reference,
    DateTimeOffset At);

/// <summary>
/// The gateway certainly did nothing: it could not be reached, or refused to work now.
/// </summary>
public sealed class GatewayUnavailableException : Exception
{
    public GatewayUnavailableException()
    {
    }

    public GatewayUnavailableException(string message) : base(message)
    {
    }

    public GatewayUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>When to come back, where the gateway said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
