using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>What became of a payment operation. One of the records inside.</summary>
public abstract record PaymentOutcome
{
    private PaymentOutcome()
    {
    }

    /// <summary>True where the operation needs no query: it was done, or certainly was not.
    /// </summary>
    public bool IsCertain => this is not Unknown;

    /// <summary>Done.</summary>
    /// <param name="Reference">The gateway's reference: captures, voids and refunds name it.
    /// </param>
    /// <param name="Amount">What was held, taken, let go or given back.</param>
    public sealed record Approved(string Reference, Money Amount) : PaymentOutcome;

    /// <summary>Not done, by the gateway or the card's bank.</summary>
    /// <param name="Code">A code of <see cref="DeclineCodes"/>, or one that it does not know.
    /// </param>
    /// <param name="Action">What to do next.</param>
    /// <param name="Reference">The gateway's reference, where it gave one.</param>
    public sealed record Declined(
        string Code, DeclineAction Action, string? Reference = null) : PaymentOutcome;

    /// <summary>
    /// Not done yet: the buyer has to confirm (3-D Secure). Afterwards, query the same operation.
    /// </summary>
    /// <param name="Reference">The gateway's reference.</param>
    /// <param name="Token">What the storefront hands to the gateway's script.</param>
    /// <param name="Url">Where to send the buyer instead, where the gateway has a page.</param>
    public sealed record ActionRequired(
        string Reference, string Token, Uri? Url = null) : PaymentOutcome;

    /// <summary>
    /// Sent, and no answer came: money may have moved. Query before any other attempt.
    /// </summary>
    /// <param name="Reason">What is known, for people.</param>
    public sealed record Unknown(string Reason) : PaymentOutcome;

    /// <summary>
    /// Certainly not done, and nothing was sent or taken: the gateway is down, busy, or held off
    /// by its circuit breaker. Safe to send again with the same id, or to route elsewhere.
    /// </summary>
    /// <param name="Reason">What is known, for people.</param>
    /// <param name="RetryAfter">When it makes sense to try this gateway again.</param>
    public sealed record NotSent(string Reason, TimeSpan RetryAfter) : PaymentOutcome;

    /// <summary>
    /// Certainly not done, and never will be: a bug or a wrong configuration on our side.
    /// </summary>
    /// <param name="Reason">What the gateway says, for people.</param>
    public sealed record Rejected(string Reason) : PaymentOutcome;

    /// <summary>
    /// Answer of a query only: the gateway has never seen the operation. Safe to send it with the
    /// same id.
    /// </summary>
    public sealed record NeverSeen : PaymentOutcome;
}

/// <summary>What a decline means for the next attempt.</summary>
public enum DeclineAction
{
    /// <summary>Another gateway may approve the same card.</summary>
    RetryElsewhere,

    /// <summary>The same gateway may approve once the buyer has confirmed (3-D Secure).</summary>
    RetryWithStepUp,

    /// <summary>No gateway will, or none may be asked: the buyer needs another card.</summary>
    Stop,
}
