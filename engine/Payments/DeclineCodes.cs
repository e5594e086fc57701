using System.Collections.Frozen;

namespace StreamCommerce.Engine.Payments;

/// <summary>
/// What a decline means for the next attempt. The names are Stripe's decline codes, which the
/// field knows; gateways with other names map theirs to these.
/// </summary>
/// <remarks>
/// The rule behind the table: what is wrong with the card, its account or its holder stays wrong
/// at every gateway, and card networks fine shops that ask again. What is wrong with the way there
/// (a processor, a connection, a bank's dislike of one acquirer) may be right elsewhere. A code
/// that is not in the table stops.
/// </remarks>
public static class DeclineCodes
{
    /// <summary>The code where a gateway gives none.</summary>
    public const string Generic = "generic_decline";

    /// <summary>The bank wants the buyer to confirm.</summary>
    public const string AuthenticationRequired = "authentication_required";

    /// <summary>Ours: the buyer never confirmed, and the order was given up.</summary>
    public const string Abandoned = "abandoned";

    private const DeclineAction Elsewhere = DeclineAction.RetryElsewhere;
    private const DeclineAction StepUp = DeclineAction.RetryWithStepUp;
    private const DeclineAction Stop = DeclineAction.Stop;

    private static readonly FrozenDictionary<string, DeclineAction> Actions =
        new Dictionary<string, DeclineAction>(StringComparer.Ordinal)
        {
            // The way there failed, or a bank gave no reason: another acquirer may get a yes.
            ["processing_error"] = Elsewhere,
            ["reenter_transaction"] = Elsewhere,
            ["try_again_later"] = Elsewhere,
            ["issuer_not_available"] = Elsewhere,
            ["approve_with_id"] = Elsewhere,
            ["no_action_taken"] = Elsewhere,
            ["service_not_allowed"] = Elsewhere,
            ["call_issuer"] = Elsewhere,
            ["do_not_honor"] = Elsewhere,
            [Generic] = Elsewhere,
            // This acquirer cannot take this card or currency; another may.
            ["card_not_supported"] = Elsewhere,
            ["currency_not_supported"] = Elsewhere,
            ["transaction_not_allowed"] = Elsewhere,
            ["not_permitted"] = Elsewhere,
            // The bank asks for the buyer.
            [AuthenticationRequired] = StepUp,
            ["authentication_not_handled"] = StepUp,
            // The buyer failed to confirm: asking again without a fault would be guessing.
            ["payment_intent_authentication_failure"] = Stop,
            ["authentication_failed"] = Stop,
            // There is no money, at any gateway.
            ["insufficient_funds"] = Stop,
            ["card_velocity_exceeded"] = Stop,
            ["withdrawal_count_limit_exceeded"] = Stop,
            ["invalid_amount"] = Stop,
            // The card's data are wrong: the buyer has to enter them again.
            ["expired_card"] = Stop,
            ["incorrect_cvc"] = Stop,
            ["invalid_cvc"] = Stop,
            ["incorrect_number"] = Stop,
            ["invalid_number"] = Stop,
            ["incorrect_zip"] = Stop,
            ["incorrect_address"] = Stop,
            ["invalid_expiry_month"] = Stop,
            ["invalid_expiry_year"] = Stop,
            ["incorrect_pin"] = Stop,
            ["invalid_pin"] = Stop,
            ["offline_pin_required"] = Stop,
            ["online_or_offline_pin_required"] = Stop,
            ["pin_try_exceeded"] = Stop,
            ["invalid_account"] = Stop,
            ["new_account_information_available"] = Stop,
            // Somebody who should not pay with it, or a bank that forbids to ask again.
            ["stolen_card"] = Stop,
            ["lost_card"] = Stop,
            ["pickup_card"] = Stop,
            ["restricted_card"] = Stop,
            ["fraudulent"] = Stop,
            ["merchant_blacklist"] = Stop,
            ["security_violation"] = Stop,
            ["do_not_try_again"] = Stop,
            ["stop_payment_order"] = Stop,
            ["revocation_of_authorization"] = Stop,
            ["revocation_of_all_authorizations"] = Stop,
            // The same amount on the same card a moment ago: a second charge is what to avoid.
            ["duplicate_transaction"] = Stop,
            // A test card at a live gateway.
            ["testmode_decline"] = Stop,
            ["live_mode_test_card"] = Stop,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All codes of the table.</summary>
    public static IReadOnlyCollection<string> Known => Actions.Keys;

    /// <summary>What to do after a decline; stop where the code is not known.</summary>
    public static DeclineAction ActionOf(string code) =>
        Actions.TryGetValue(code, out var action) ? action : Stop;
}
