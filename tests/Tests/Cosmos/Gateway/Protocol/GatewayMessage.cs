namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>A request as it came, whether through a handler or over a socket.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Host">Which region was asked: each has a host name of its own.</param>
/// <param name="Segments">The path's, unescaped.</param>
/// <param name="Headers">Names in any case.</param>
/// <param name="Body">Empty where there is none.</param>
internal sealed record GatewayMessage(
    string Method,
    string Host,
    string[] Segments,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>A header that is "True" or "False".</summary>
    /// <exception cref="GatewayException">It is neither.</exception>
    public bool Flag(string name) => Header(name) switch
    {
        null => false,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw GatewayException.BadRequest(
            $"Header {name} is '{text}', which is neither True nor False."),
    };

    /// <exception cref="GatewayException">The header is no integer.</exception>
    public int? Number(string name) => Header(name) switch
    {
        null => null,
        var text when int.TryParse(text, out var value) => value,
        var text => throw GatewayException.BadRequest($"Header {name} is '{text}', no integer."),
    };

    public static string[] SegmentsOf(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
        }

        return segments;
    }
}
