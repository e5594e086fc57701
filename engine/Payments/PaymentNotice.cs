using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>What a gateway tells by itself, read from its webhook. It may come late, twice, in
/// any order, or not at all: take it as a reason to look, not as the truth about the last state.
/// </summary>
/// <param name="Gateway">Who tells.</param>
/// <param name="EventId">The gateway's id of the message.</param>
/// <param name="Operation">Our operation, where the message names it.</param>
/// <param name="Order">Our order, where the message names it.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reference">The gateway's reference.</param>
/// <param name="Amount">The amount that was held, taken, let go or given back.</param>
/// <param name="At">When it happened, by the gateway's clock.</param>
public sealed record PaymentNotice(
    string Gateway,
    string EventId,
    OperationId? Operation,
    OrderId? Order,
    PaymentKind Kind,
    PaymentState State,
    string Reference,
    Money Amount,
    DateTimeOffset At);

/// <summary>
/// Takes a notice to the orders. Idempotent: the same notice may come again, after a crash or a
/// replay. False where it cannot be used yet (the order is not there yet); then it comes again.
/// </summary>
public delegate ValueTask<bool> HandlePaymentNotice(PaymentNotice notice, CancellationToken ct);
