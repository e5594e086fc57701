namespace StreamCommerce.Tests.Cosmos.Gateway.Faults;

/// <summary>How an answer fails to come.</summary>
public enum Loss
{
    /// <summary>The connection breaks.</summary>
    Disconnect,

    /// <summary>The request times out at once, without a wait; over a socket, which cannot say so,
    /// nothing comes.</summary>
    Timeout,

    /// <summary>Nothing comes until the client gives up.</summary>
    Hang,
}

/// <summary>What goes wrong with one request: it is answered with an error and has no effect, or
/// its answer is lost, with its effect or without.</summary>
public sealed record Fault
{
    private Fault()
    {
    }

    /// <summary>Of the error; 0 where the answer is lost.</summary>
    public int StatusCode { get; private init; }

    public int SubStatusCode { get; private init; }

    /// <summary>Told with a 429: when the client may try again.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public Loss Loss { get; private init; }

    /// <summary>Whether what was asked for happens before the answer is lost.</summary>
    public bool HasEffect { get; private init; }

    public bool IsLost => StatusCode == 0;

    /// <summary>Too many requests: 429.</summary>
    public static Fault Throttled(TimeSpan retryAfter) => new()
    {
        StatusCode = 429,
        SubStatusCode = Protocol.SubStatus.RequestRateTooLarge,
        RetryAfter = retryAfter,
    };

    /// <summary>449: another write of the item is under way.</summary>
    public static Fault RetryWith { get; } = Status(449);

    public static Fault Unavailable { get; } = Status(503);

    public static Fault Status(int status, int subStatus = 0) => new()
    {
        StatusCode = status,
        SubStatusCode = subStatus,
    };

    /// <summary>The request does not arrive.</summary>
    public static Fault LostBefore(Loss loss) => new() { Loss = loss };

    /// <summary>The request arrives and does what it does; its answer is lost.</summary>
    public static Fault LostAfter(Loss loss) => new() { Loss = loss, HasEffect = true };
}

/// <summary>Asked for each request; null where it goes well. Called by many threads at
/// once.</summary>
public delegate Fault? FaultPlan(GatewayRequest request);
