using System.Collections.Frozen;

namespace StreamCommerce.Engine.Payments.Sandbox;

/// <summary>What a test card's bank says at once.</summary>
internal enum SandboxAnswer : byte
{
    Approve,
    Decline,
    StepUp,
}

/// <summary>What goes wrong on the way, once.</summary>
internal enum SandboxFault : byte
{
    None,

    /// <summary>The answer comes late.</summary>
    Slow,

    /// <summary>The authorization is made, its answer is lost.</summary>
    LostAnswer,

    /// <summary>The authorization never arrives.</summary>
    LostRequest,

    /// <summary>The capture is made, its answer is lost.</summary>
    LostCapture,

    /// <summary>The refund is made, its answer is lost.</summary>
    LostRefund,

    /// <summary>The gateway says that it cannot work now.</summary>
    Unavailable,
}

/// <summary>A test card: how the sandbox answers to its token.</summary>
/// <param name="Token">What is sent as the payment method.</param>
/// <param name="Brand">The card's brand.</param>
/// <param name="Answer">What its bank says.</param>
/// <param name="Code">The decline code, of a decline or of a step-up that fails.</param>
/// <param name="Fault">What goes wrong on the way.</param>
/// <param name="Meaning">For people.</param>
internal sealed record SandboxCard(
    string Token,
    string Brand,
    SandboxAnswer Answer,
    string? Code,
    SandboxFault Fault,
    string Meaning)
{
    private const string Declined = "tok_chargeDeclined";

    /// <summary>All test cards. The field's tokens, and some for what the field has none for.
    /// </summary>
    public static IReadOnlyList<SandboxCard> All { get; } =
    [
        Approving("tok_visa", "visa"),
        Approving("tok_mastercard", "mastercard"),
        Approving("tok_amex", "amex"),
        Approving("pm_card_visa", "visa"),
        Approving("pm_card_mastercard", "mastercard"),
        Declining(Declined, "generic_decline"),
        Declining(Declined + "DoNotHonor", "do_not_honor"),
        Declining(Declined + "InsufficientFunds", "insufficient_funds"),
        Declining(Declined + "ExpiredCard", "expired_card"),
        Declining(Declined + "IncorrectCvc", "incorrect_cvc"),
        Declining(Declined + "ProcessingError", "processing_error"),
        Declining(Declined + "StolenCard", "stolen_card"),
        Declining(Declined + "LostCard", "lost_card"),
        Declining(Declined + "Fraudulent", "fraudulent"),
        Declining(Declined + "VelocityLimitExceeded", "card_velocity_exceeded"),
        Declining("tok_duplicate", "duplicate_transaction"),
        new("tok_threeDSecureRequired", "visa", SandboxAnswer.StepUp, null, SandboxFault.None,
            "asks the buyer to confirm"),
        new("tok_authenticationRequired", "visa", SandboxAnswer.Decline,
            DeclineCodes.AuthenticationRequired, SandboxFault.None,
            "declined unless the step-up is asked for"),
        Faulty("tok_slow", SandboxFault.Slow, "approved, after a while"),
        Faulty("tok_lostAnswer", SandboxFault.LostAnswer, "authorized, the answer is lost"),
        Faulty("tok_lostRequest", SandboxFault.LostRequest,
            "not authorized, the first request is lost"),
        Faulty("tok_lostCapture", SandboxFault.LostCapture,
            "approved; captured, the answer is lost"),
        Faulty("tok_lostRefund", SandboxFault.LostRefund,
            "approved; refunded, the answer is lost"),
        Faulty("tok_unavailable", SandboxFault.Unavailable, "the gateway cannot work now"),
    ];

    private static readonly FrozenDictionary<string, SandboxCard> ByToken =
        All.ToFrozenDictionary(card => card.Token, StringComparer.Ordinal);

    /// <summary>The card of a token, or null.</summary>
    public static SandboxCard? Find(string token) => ByToken.GetValueOrDefault(token);

    private static SandboxCard Approving(string token, string brand) =>
        new(token, brand, SandboxAnswer.Approve, null, SandboxFault.None, "approved");

    private static SandboxCard Declining(string token, string code) =>
        new(token, "visa", SandboxAnswer.Decline, code, SandboxFault.None, $"declined: {code}");

    private static SandboxCard Faulty(string token, SandboxFault fault, string meaning) =>
        new(token, "visa", SandboxAnswer.Approve, null, fault, meaning);
}
