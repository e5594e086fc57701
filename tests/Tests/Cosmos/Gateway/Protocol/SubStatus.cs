namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>Sub-statuses as the service documents them.</summary>
internal static class SubStatus
{
    /// <summary>400: the item's partition key is not that of the header.</summary>
    public const int PartitionKeyMismatch = 1001;

    /// <summary>403: this region is only read from.</summary>
    public const int WriteForbidden = 3;

    /// <summary>404: the replica has not yet seen what the session token says.</summary>
    public const int ReadSessionNotAvailable = 1002;

    /// <summary>404: the container is not there.</summary>
    public const int OwnerNotFound = 1003;

    /// <summary>410: the range was split or never was.</summary>
    public const int PartitionKeyRangeGone = 1002;

    /// <summary>429: more request units than the throughput allows.</summary>
    public const int RequestRateTooLarge = 3200;
}
