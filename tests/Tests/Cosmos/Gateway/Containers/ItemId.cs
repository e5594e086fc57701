using System.Text;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>What an id of an item, a container or a database may be.</summary>
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

        if (id.AsSpan().ContainsAny(Forbidden) || id[^1] == ' ')
        {
            throw GatewayException.BadRequest(
                $"Id '{id}' has one of / \\ ? # or ends in a space.");
        }

        return Encoding.UTF8.GetByteCount(id) <= BytesLimit
            ? id
            : throw GatewayException.BadRequest($"An id has at most {BytesLimit} bytes.");
    }
}
