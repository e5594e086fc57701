using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace StreamCommerce.Engine.Payments;

/// <summary>
/// The signature of a webhook, in Stripe's scheme, which the sandbox uses, too: a header
/// <c>t=unix seconds,v1=hex</c>, where the hex is HMAC-SHA256 of "t.body" with the gateway's
/// secret. A header may hold several <c>v1</c> while a secret is being replaced; one that fits is
/// enough.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header's name.</summary>
    public const string Header = "Stripe-Signature";

    private const int HeaderLengthLimit = 2_048;

    /// <summary>The header's value for a body.</summary>
    public static string Sign(ReadOnlySpan<byte> body, string secret, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={seconds},v1={Convert.ToHexStringLower(Hash(seconds, body, secret))}";
    }

    /// <summary>Null where the signature fits the body and is not old; otherwise why not.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="body">The body, byte for byte.</param>
    /// <param name="secret">The gateway's secret.</param>
    /// <param name="tolerance">How far the time may be from now, either way.</param>
    /// <param name="now">Now.</param>
    public static string? Check(
        string? header,
        ReadOnlySpan<byte> body,
        string secret,
        TimeSpan tolerance,
        DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(header)) return "is required.";
        if (header.Length > HeaderLengthLimit) return "is too long.";
        string? seconds = null;
        var signatures = new List<string>();
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("t=", StringComparison.Ordinal)) seconds ??= part[2..];
            else if (part.StartsWith("v1=", StringComparison.Ordinal)) signatures.Add(part[3..]);
        }
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var unix)
            || signatures.Count == 0)
            return "must have the form t=UNIX_SECONDS,v1=HEX.";
        var expected = Hash(seconds, body, secret);
        // The signature first: the time is a sender's word until then.
        if (!signatures.Any(one => Fits(one, expected)))
            return "does not fit the body and this gateway's secret.";
        var age = now.ToUnixTimeSeconds() - unix;
        return Math.Abs((double)age) > tolerance.TotalSeconds
            ? $"is {age} s old; at most {tolerance.TotalSeconds:0} s are taken." : null;
    }

    private static byte[] Hash(string seconds, ReadOnlySpan<byte> body, string secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(seconds));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    private static bool Fits(string hex, byte[] expected)
    {
        Span<byte> given = stackalloc byte[32];
        return hex.Length == 64
            && Convert.FromHexString(hex, given, out _, out var written)
                == System.Buffers.OperationStatus.Done
            && written == expected.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }
}
