namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>Headers of the REST protocol that the gateway reads or writes.</summary>
internal static class HeaderNames
{
    public const string ActivityId = "x-ms-activity-id";
    public const string AutoscaleSettings = "x-ms-cosmos-offer-autopilot-settings";
    public const string Authorization = "authorization";
    public const string BatchAtomic = "x-ms-cosmos-batch-atomic";
    public const string BatchContinueOnError = "x-ms-cosmos-batch-continue-on-error";
    public const string ContentPath = "x-ms-content-path";
    public const string AltContentPath = "x-ms-alt-content-path";
    public const string Continuation = "x-ms-continuation";
    public const string Date = "x-ms-date";
    public const string EndEpk = "x-ms-end-epk";
    public const string ETag = "etag";
    public const string IfMatch = "if-match";
    public const string IfModifiedSince = "if-modified-since";
    public const string IfNoneMatch = "if-none-match";
    public const string IncrementalFeed = "a-im";
    public const string IsBatch = "x-ms-cosmos-is-batch-request";
    public const string IsQuery = "x-ms-documentdb-isquery";
    public const string IsQueryPlan = "x-ms-cosmos-is-query-plan-request";
    public const string IsUpsert = "x-ms-documentdb-is-upsert";
    public const string ItemCount = "x-ms-item-count";
    public const string Lsn = "lsn";
    public const string MaxItemCount = "x-ms-max-item-count";
    public const string OfferThroughput = "x-ms-offer-throughput";
    public const string PartitionKey = "x-ms-documentdb-partitionkey";
    public const string PartitionKeyRangeId = "x-ms-documentdb-partitionkeyrangeid";
    public const string Prefer = "prefer";
    public const string ReadKeyType = "x-ms-read-key-type";
    public const string RequestCharge = "x-ms-request-charge";
    public const string RequiresDistribution = "x-ms-cosmos-query-requiresdistribution";
    public const string RetryAfterMs = "x-ms-retry-after-ms";
    public const string SessionToken = "x-ms-session-token";
    public const string StartEpk = "x-ms-start-epk";
    public const string SubStatus = "x-ms-substatus";

    /// <summary>Headers that change nothing here: they say who asks, or ask for more to be told, or
    /// tune what this gateway has not.</summary>
    private static readonly string[] Immaterial =
    [
        "accept", "cache-control", "connection", "content-length", "content-type", "date", "host",
        "traceparent", "tracestate", "transfer-encoding", "user-agent", "x-ms-client-id",
        "x-ms-consistency-level", "x-ms-cosmos-allow-tentative-writes",
        "x-ms-cosmos-batch-ordered", "x-ms-cosmos-changefeed-wire-format-version",
        "x-ms-cosmos-correlated-activityid", "x-ms-cosmos-hub-region-processing-only",
        "x-ms-cosmos-populateindexmetrics", "x-ms-cosmos-populateindexmetrics-v2",
        "x-ms-cosmos-priority-level", "x-ms-cosmos-query-optimisticdirectexecute",
        "x-ms-cosmos-query-version", "x-ms-cosmos-sdk-supportedcapabilities",
        "x-ms-cosmos-supported-query-features", "x-ms-cosmos-supported-serialization-formats",
        "x-ms-cosmos-throughput-bucket", "x-ms-cosmos-use-thinclient",
        "x-ms-documentdb-populatequerymetrics", "x-ms-documentdb-populatequotainfo",
        "x-ms-documentdb-query-enable-scan", "x-ms-documentdb-query-enablecrosspartition",
        "x-ms-documentdb-query-iscontinuationexpected",
        "x-ms-documentdb-query-parallelizecrosspartitionquery",
        "x-ms-documentdb-responsecontinuationtokenlimitinkb", "x-ms-noretry-449", "x-ms-version",
    ];

    private static readonly HashSet<string> Known = new(
        [
            ActivityId, AutoscaleSettings, Authorization, BatchAtomic, BatchContinueOnError,
            Continuation, Date, EndEpk, ETag, IfMatch, IfModifiedSince, IfNoneMatch,
            IncrementalFeed, IsBatch, IsQuery, IsQueryPlan, IsUpsert, MaxItemCount,
            OfferThroughput, PartitionKey, PartitionKeyRangeId, Prefer, ReadKeyType, SessionToken,
            StartEpk, .. Immaterial,
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <exception cref="GatewayException">
    /// A header that may ask for something which the gateway would then not do.
    /// </exception>
    public static void RefuseUnknown(IReadOnlyDictionary<string, string> headers)
    {
        foreach (var header in headers)
        {
            if (!Known.Contains(header.Key))
            {
                throw GatewayException.NotSpoken($"the header {header.Key}: {header.Value}");
            }
        }
    }
}
