using System.Text;
using System.Text.RegularExpressions;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// What an id of an item, a container or a database may be, and which items can be asked for by
/// it: more can be created than found again, as the tests of the SDK against the service say
/// (<c>CosmosItemIdEncodingTestsBase</c> in azure-cosmos-dotnet-v3, issues 1734 and 3507 there, 458
/// and 547 in azure-cosmos-dotnet-v2). <c>/ \ ? #</c> are not allowed by its documentation.
/// </summary>
internal static partial class ItemId
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

    /// <summary>Checks the id that a request's path names.</summary>
    /// <exception cref="GatewayException">The service does not recognize it as what was signed: it
    /// decodes once more what looks escaped, ends at a fragment, and drops spaces at the end; or
    /// it takes no such letter.</exception>
    public static void CheckPath(string id)
    {
        if (id.AsSpan().ContainsAny('\r', '\n', '\t'))
        {
            throw GatewayException.BadRequest("The path of the request has a control character.");
        }

        if (LooksEscaped().IsMatch(id) || id.Contains('#') || id.EndsWith(' '))
        {
            throw new GatewayException(
                401,
                0,
                "The input authorization token can't serve the request. The wrong key is being "
                + "used or the expected payload is not built as per the protocol.");
        }
    }

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex LooksEscaped();
}
