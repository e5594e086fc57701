using System.Text;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>Asks whether the service is alive: what HTTP alone costs. One thread at a time.
/// </summary>
internal sealed class HealthRequest(Uri address) : IConversation
{
    /// <summary>The load of which it is a part; its parts mean nothing.</summary>
    public const string Kind = "health";

    private readonly byte[] _bytes = Encoding.ASCII.GetBytes(
        $"GET /healthz HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");

    public ReadOnlySpan<byte> Ask(PlannedRequest request) => _bytes;

    public void Check(in HttpAnswer answer, PlannedRequest request, bool isSample)
    {
        if (isSample && !answer.ReadContent().AsSpan().StartsWith("{\"status\":\"alive\""u8))
            throw new InvalidDataException("It is not alive.");
    }
}
