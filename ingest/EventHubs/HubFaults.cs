using Azure.Messaging.EventHubs;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>Tells the hub's faults as every log tells its own.</summary>
internal static class HubFaults
{
    public static IOException ToIOException(this Exception e, string what) => e is IOException io
        ? io : new IOException($"{what}: {Describe(e)}", e);

    // The client's texts go on with advice on several lines.
    private static string Describe(Exception e)
    {
        var reason = e is EventHubsException hub ? $"{hub.Reason}: " : "";
        var line = e.Message.IndexOf('\n', StringComparison.Ordinal);
        return reason + (line < 0 ? e.Message : e.Message[..line].TrimEnd());
    }
}
