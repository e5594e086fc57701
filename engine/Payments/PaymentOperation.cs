using System.Text.Json.Serialization;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>What a gateway is asked to do.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum PaymentKind : byte
{
    /// <summary>Holds an amount on the buyer's card, without taking it.</summary>
    Authorize = 1,

    /// <summary>Takes all or a part of what is held.</summary>
    Capture = 2,

    /// <summary>Lets go of what is held and was not taken.</summary>
    Void = 3,

    /// <summary>Gives back all or a part of what was taken.</summary>
    Refund = 4,
}

/// <summary>How far an operation is.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum PaymentState : byte
{
    /// <summary>Decided and stored; it may or may not have been sent.</summary>
    Pending = 1,

    /// <summary>The gateway did it.</summary>
    Succeeded = 2,

    /// <summary>The gateway or the card's bank said no; no money moved.</summary>
    Declined = 3,

    /// <summary>The buyer has to confirm it; no money moved yet.</summary>
    ActionRequired = 4,

    /// <summary>It cannot be done, by a fault of ours or of the configuration; no money moved.
    /// </summary>
    Failed = 5,

    /// <summary>It was sent and no answer came: it may have moved money. Query before anything.
    /// </summary>
    Unknown = 6,
}

/// <summary>
/// One thing asked of a gateway, as the order's ledger of attempts keeps it: stored as
/// <see cref="PaymentState.Pending"/> before it is sent, and never removed.
/// </summary>
/// <param name="Id">Our id, unique over all orders; the gateway's idempotency key.</param>
/// <param name="Order">The order that pays.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Gateway">The configured name of the gateway that does it.</param>
/// <param name="Amount">More than nothing, in the currency's minor units at most. A void's is
/// the authorized amount.</param>
/// <param name="CreatedAt">When it was decided; gateways are searched from here on.</param>
public sealed record PaymentOperation(
    OperationId Id,
    OrderId Order,
    PaymentKind Kind,
    string Gateway,
    Money Amount,
    DateTimeOffset CreatedAt)
{
    /// <summary>How far it is.</summary>
    public PaymentState State { get; init; } = PaymentState.Pending;

    /// <summary>
    /// The gateway's reference of the authorization that a capture, void or refund is about; null
    /// for an authorization.
    /// </summary>
    public string? Target { get; init; }

    /// <summary>
    /// Of a capture: holds what it does not take for another capture, instead of letting it go.
    /// Not every gateway and account can do that.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepRest { get; init; }

    /// <summary>The gateway's reference of this operation, where it gave one.</summary>
    public string? Reference { get; init; }

    /// <summary>Why it was declined; see <see cref="DeclineCodes"/>.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>When it is due again; null where nothing is left to try.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>How often it was sent, from 0.</summary>
    public int Tries { get; init; }

    /// <summary>Whether the buyer is asked to confirm even where the bank would not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StepUp { get; init; }

    /// <summary>What the storefront hands to the gateway's script for the buyer to confirm;
    /// null where nothing is asked of the buyer.</summary>
    public string? ActionToken { get; init; }

    /// <summary>Where to send the buyer instead; null where the gateway has no page.</summary>
    public Uri? ActionUrl { get; init; }

    /// <summary>Whether it is not known yet what it comes to.</summary>
    [JsonIgnore]
    public bool IsOpen => State is PaymentState.Pending or PaymentState.Unknown;

    /// <summary>This operation after an outcome: the one place that maps outcomes to states.
    /// </summary>
    public PaymentOperation After(PaymentOutcome outcome) => outcome switch
    {
        PaymentOutcome.Approved yes => this with
        {
            State = PaymentState.Succeeded,
            Reference = yes.Reference,
            NextTryAt = null,
        },
        PaymentOutcome.Declined no => this with
        {
            State = PaymentState.Declined,
            Reference = no.Reference ?? Reference,
            DeclineCode = no.Code,
            NextTryAt = null,
        },
        PaymentOutcome.ActionRequired step => this with
        {
            State = PaymentState.ActionRequired,
            Reference = step.Reference,
            ActionToken = step.Token,
            ActionUrl = step.Url,
            NextTryAt = null,
        },
        PaymentOutcome.Rejected => this with { State = PaymentState.Failed, NextTryAt = null },
        PaymentOutcome.Unknown => this with { State = PaymentState.Unknown },
        // Nothing was sent or seen: as before, and safe to send with the same id.
        _ => this with { State = PaymentState.Pending },
    };
}
