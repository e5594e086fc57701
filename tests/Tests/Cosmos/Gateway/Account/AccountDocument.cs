using System.Text.Json.Nodes;

namespace StreamCommerce.Tests.Cosmos.Gateway.Account;

/// <summary>
/// What the account says of itself: one region to write to, several to read from, its
/// consistency, and the limits of the query engine that clients ask for.
/// </summary>
internal static class AccountDocument
{
    private const string QueryEngine =
        """
        {"maxSqlQueryInputLength":262144,"maxJoinsPerSqlQuery":5,"maxLogicalAndPerSqlQuery":2000,
        "maxLogicalOrPerSqlQuery":2000,"maxUdfRefPerSqlQuery":10,"maxInExpressionItemsCount":16000,
        "queryMaxInMemorySortDocumentCount":500,"maxQueryRequestTimeoutFraction":0.9,
        "sqlAllowNonFiniteNumbers":false,"sqlAllowAggregateFunctions":true,"sqlAllowSubQuery":true,
        "sqlAllowScalarSubQuery":true,"allowNewKeywords":true,"sqlAllowLike":true,
        "sqlAllowGroupByClause":true,"maxSpatialQueryCells":12,
        "spatialMaxGeometryPointCount":256,"sqlDisableOptimizationFlags":0,
        "sqlDisableQueryILOptimization":false,"sqlAllowTop":true,"enableSpatialIndexing":true}
        """;

    /// <param name="options">Names of the regions.</param>
    /// <param name="endpointOf">Where a region is reached.</param>
    public static JsonObject Describe(CosmosGatewayOptions options, Func<string, Uri> endpointOf)
    {
        JsonObject Location(string region) => new()
        {
            ["name"] = region,
            ["databaseAccountEndpoint"] = endpointOf(region).AbsoluteUri,
        };

        return new JsonObject
        {
            ["id"] = CosmosGatewayOptions.AccountName,
            ["_rid"] = $"{CosmosGatewayOptions.AccountName}.documents.azure.com",
            ["_self"] = "",
            ["media"] = "//media/",
            ["addresses"] = "//addresses/",
            ["_dbs"] = "//dbs/",
            ["writableLocations"] = new JsonArray(Location(options.Regions[0])),
            ["readableLocations"] = new JsonArray([.. options.Regions.Select(Location)]),
            ["enableMultipleWriteLocations"] = false,
            ["userReplicationPolicy"] = Replicas(),
            ["systemReplicationPolicy"] = Replicas(),
            ["userConsistencyPolicy"] = new JsonObject
            {
                ["defaultConsistencyLevel"] = options.Consistency,
            },
            ["readPolicy"] = new JsonObject
            {
                ["primaryReadCoefficient"] = 1,
                ["secondaryReadCoefficient"] = 1,
            },
            ["queryEngineConfiguration"] = QueryEngine.ReplaceLineEndings(""),
        };
    }

    private static JsonObject Replicas() => new()
    {
        ["asyncReplication"] = false,
        ["minReplicaSetSize"] = 3,
        ["maxReplicasetSize"] = 4,
    };
}
