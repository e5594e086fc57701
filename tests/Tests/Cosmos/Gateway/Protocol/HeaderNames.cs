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

    /// <summary>Headers that change nothing here: they describe the client, or tune.</summary>
    private static readonly string[] Immaterial =
    [
        "accept", "cache-control", "connection", "content-encoding", "content-length",
        "content-type", "date", "expect", "host", "keep-alive", "pragma", "traceparent",
        "tracestate", "transfer-encoding", "user-agent", "x-ms-client-id", "x-ms-noretry-449",
        "x-ms-useragent", "x-ms-version",
        "x-ms-consistency-level", "x-ms-cosmos-allow-tentative-writes",
        "x-ms-cosmos-batch-ordered", "x-ms-cosmos-changefeed-wire-format-version",
        "x-ms-cosmos-correlated-activityid", "x-ms-cosmos-correlated-activity-id",
        "x-ms-cosmos-intended-collection-rid", "x-ms-cosmos-internal-is-user-request",
        "x-ms-cosmos-operation-type", "x-ms-cosmos-populateindexmetrics",
        "x-ms-cosmos-populateindexmetrics-v2", "x-ms-cosmos-priority-level",
        "x-ms-cosmos-query-optimisticdirectexecute", "x-ms-cosmos-query-version",
        "x-ms-cosmos-quorum-ack", "x-ms-cosmos-resource-type",
        "x-ms-cosmos-sdk-supportedcapabilities", "x-ms-cosmos-supported-query-features",
        "x-ms-cosmos-supported-serialization-formats",
        "x-ms-cosmos-use-thinclient", "x-ms-cosmos-max-polling-interval",
        "x-ms-cosmos-throughput-bucket", "x-ms-cosmos-hub-region-processing-only",
        "x-ms-documentdb-content-serialization-format",
        "x-ms-documentdb-collection-rid", "x-ms-documentdb-populatequerymetrics",
        "x-ms-documentdb-populatequotainfo",
        "x-ms-documentdb-query-enablecrosspartition",
        "x-ms-documentdb-query-enable-scan",
        "x-ms-documentdb-query-iscontinuationexpected",
        "x-ms-documentdb-query-parallelizecrosspartitionquery",
        "x-ms-documentdb-responsecontinuationtokenlimitinkb",
        "x-ms-documentdb-populatepartitionstatistics",
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
