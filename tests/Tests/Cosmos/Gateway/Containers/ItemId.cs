using System.Text;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// What an id of an item, a container or a database may be: <c>/ \ ? #</c> are not allowed by the
/// service's documentation. More can be created than asked for: the client leaves what looks
/// escaped in a path as it is, and drops spaces at its end, so that the path is not what was
/// signed (azure-cosmos-dotnet-v3, issues 1734 and 3507; azure-cosmos-dotnet-v2, 458 and 547).
/// </summary>
internal static class ItemId
{
    private const int BytesLimit = 1023;
    private static readonly System.Buffers.SearchValues<char> Forbidden =
        System.Buffers.SearchValues.Create("/\\?#");

    /// <exception cref="GatewayException">The service would refuse it.</exception>
    public static string Check(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            throw GatewayException.BadRequest("The required property 'id' is missing or empty.");
        }

        if (id.AsSpan().ContainsAny(Forbidden))
        {
            throw GatewayException.BadRequest($"Id '{id}' has one of / \\ ? #.");
        }

        return Encoding.UTF8.GetByteCount(id) <= BytesLimit
            ? id
            : throw GatewayException.BadRequest($"An id has at most {BytesLimit} bytes.");
    }
}
