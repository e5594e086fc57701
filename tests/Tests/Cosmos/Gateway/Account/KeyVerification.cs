using System.Security.Cryptography;
using System.Text;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Account;

/// <summary>
/// Checks a request's signature: HMAC-SHA256 with the account's key over verb, kind and link of the
/// resource, and date, as "Access control in the Azure Cosmos DB REST API" says. A token of
/// Microsoft Entra ID is taken for good: who may have one is not the gateway's business.
/// </summary>
internal sealed class KeyVerification(string key)
{
    private const string KeyPrefix = "type=master&ver=1.0&sig=";
    private const string TokenPrefix = "type=aad&ver=1.0&sig=";

    private readonly byte[] _key = Convert.FromBase64String(key);

    /// <exception cref="GatewayException">401.</exception>
    public void Require(GatewayMessage message)
    {
        var authorization = Uri.UnescapeDataString(
            message.Header(HeaderNames.Authorization) ?? "");
        if (authorization.StartsWith(TokenPrefix, StringComparison.Ordinal)
            && authorization.Length > TokenPrefix.Length)
        {
            return;
        }

        if (!authorization.StartsWith(KeyPrefix, StringComparison.Ordinal)
            || !IsSigned(message, authorization[KeyPrefix.Length..]))
        {
            throw new GatewayException(
                401,
                0,
                "The input authorization token can't serve the request. The wrong key is being "
                + "used or the expected payload is not built as per the protocol.");
        }
    }

    private bool IsSigned(GatewayMessage message, string signature)
    {
        var (type, link) = Resource(message.Segments);
        var date = message.Header(HeaderNames.Date) ?? message.Header("date") ?? "";
        var payload = $"{Lower(message.Method)}\n{type}\n{link}\n{Lower(date)}\n\n";
        var expected = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(payload));
        var actual = new byte[expected.Length];
        return Convert.TryFromBase64String(signature, actual, out var length)
            && length == expected.Length
            && CryptographicOperations.FixedTimeEquals(expected, actual);
    }

    /// <summary>
    /// A feed is signed with the link of its owner; what is addressed by ids of the service,
    /// with that id alone, in lower case.
    /// </summary>
    private static (string Type, string Link) Resource(string[] path)
    {
        if (path.Length == 0)
        {
            return ("", "");
        }

        var isFeed = path.Length % 2 == 1;
        var type = path[^(isFeed ? 1 : 2)];
        var owner = isFeed ? path.AsSpan(0, path.Length - 1) : path;
        if (owner.Length == 0)
        {
            return (type, "");
        }

        var byId = type == "offers" || IsResourceId(path[1]);
        return (type, byId ? Lower(owner[^1]) : string.Join('/', owner.ToArray()));
    }

    /// <summary>The ids of databases are 4 bytes in base 64, padded.</summary>
    private static bool IsResourceId(string name) =>
        name.Length == 8 && name.EndsWith("==", StringComparison.Ordinal);

    private static string Lower(string text) => text.ToLowerInvariant();
}
