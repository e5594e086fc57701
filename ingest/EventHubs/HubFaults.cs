using System.Net.Sockets;
using System.Net.WebSockets;
using Azure.Identity;
using Azure.Messaging.EventHubs;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>Tells the hub's faults as every log tells its own.</summary>
internal static class HubFaults
{
    public static IOException ToIOException(this Exception e, string what) => e is IOException io
        ? io : new IOException($"{what}: {Describe(e)}", e);

    /// <summary>Whether the hub is merely away, and may come back as it was; not where it has
    /// refused what was asked.</summary>
    public static bool IsAway(this Exception e) => e switch
    {
        EventHubsException hub => hub.IsTransient,
        IOException { InnerException: { } inner } => inner.IsAway(),
        // Who cannot be asked for a token is away with the hub.
        _ => e is SocketException or WebSocketException or TimeoutException or IOException
            or HttpRequestException or OperationCanceledException or AuthenticationFailedException,
    };

    // The client's texts go on with advice on several lines.
    private static string Describe(Exception e)
    {
        var reason = e is EventHubsException hub ? $"{hub.Reason}: " : "";
        var line = e.Message.IndexOf('\n', StringComparison.Ordinal);
        return reason + (line < 0 ? e.Message : e.Message[..line].TrimEnd());
    }
}
