namespace StreamCommerce.Engine.Payments;

/// <summary>
/// How a buyer pays: a token that the gateway's script made in the buyer's browser. Card numbers
/// never come here; a token that looks like one is refused.
/// </summary>
/// <param name="Token">A gateway's token: <c>pm_…</c> or <c>tok_…</c>.</param>
public sealed record PaymentMethod(string Token)
{
    /// <summary>Characters of a token; the field's are under 64.</summary>
    public const int TokenLengthLimit = 255;

    /// <summary>The same for every token of one card, where the gateway tells it.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The card's brand in lower case: <c>visa</c>, <c>mastercard</c>, …</summary>
    public string? Brand { get; init; }

    /// <summary>The country of the card's bank: two letters of ISO 3166-1.</summary>
    public string? Country { get; init; }

    /// <summary>What is wrong with it, or null.</summary>
    public Refusal? Check()
    {
        if (string.IsNullOrEmpty(Token) || Token.Length > TokenLengthLimit)
        {
            return new(RefusalCode.Invalid,
                $"A payment token has 1 to {TokenLengthLimit} characters.");
        }
        foreach (var c in Token)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
            {
                return new(RefusalCode.Invalid,
                    "A payment token is made of letters, digits, '_' and '-'.");
            }
        }
        return LooksLikeNumber(Token)
            ? new(RefusalCode.Invalid, "This looks like a card number. Send the token " +
                "that the gateway's script made of it, never the number.")
            : null;
    }

    // Card numbers have 12 to 19 digits (ISO/IEC 7812), also grouped, as people write them; no
    // gateway's token has so many in a row.
    private static bool LooksLikeNumber(string token)
    {
        var digits = 0;
        foreach (var c in token)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else if (c is not ('-' or '_')) digits = 0;
            if (digits >= 12) return true;
        }
        return !token.Any(char.IsAsciiLetter);
    }
}

/// <summary>An operation with what it takes to send it.</summary>
/// <param name="Operation">What is asked, already stored.</param>
/// <param name="Method">Who pays; required for an authorization, unused otherwise.</param>
public sealed record PaymentRequest(PaymentOperation Operation, PaymentMethod? Method = null)
{
    /// <summary>Asks the buyer to confirm (3-D Secure) even where the bank would not.</summary>
    public bool StepUp { get; init; }

    /// <summary>Where the gateway's page sends the buyer after confirming.</summary>
    public Uri? ReturnUrl { get; init; }
}
