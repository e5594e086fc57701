using System.Globalization;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Sessions;

/// <summary>
/// Session tokens: <c>range:version#change</c>, the last change of the range that a session knows,
/// several of them with commas between. A replica that has not come so far must not answer.
/// </summary>
internal static class SessionTokens
{
    /// <summary>The version of a range that never split.</summary>
    private const string Version = "-1";

    public static string Of(PhysicalPartition partition, long lsn) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition.Id}:{Version}#{lsn}");

    /// <exception cref="GatewayException">The replica is behind the token (404, sub-status
    /// 1002), or the token is none.</exception>
    public static void Require(string? token, PhysicalPartition partition, long replicaLsn)
    {
        if (token is null)
        {
            return;
        }

        if (LsnOf(token, partition.Id) > replicaLsn)
        {
            throw new GatewayException(
                404,
                SubStatus.ReadSessionNotAvailable,
                "The read session is not available for the input session token.");
        }
    }

    /// <summary>The last change of a range that a session knows; 0 where it knows none.</summary>
    /// <exception cref="GatewayException">The token is none.</exception>
    public static long LsnOf(string token, string rangeId)
    {
        foreach (var range in token.AsSpan().Split(','))
        {
            var part = token.AsSpan()[range];
            var colon = part.IndexOf(':');
            var hash = part.IndexOf('#');
            if (colon < 0 || hash < colon)
            {
                throw GatewayException.BadRequest($"The session token {token} is none.");
            }

            if (!part[..colon].SequenceEqual(rangeId))
            {
                continue;
            }

            var rest = part[(hash + 1)..];
            var end = rest.IndexOf('#');
            return long.TryParse(
                end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture,
                out var lsn)
                ? lsn
                : throw GatewayException.BadRequest($"The session token {token} is none.");
        }

        return 0;
    }
}
