namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>What a request asks for; those of items come last.</summary>
public enum RequestKind
{
    ReadAccount,
    ListDatabases,
    CreateDatabase,
    ReadDatabase,
    DeleteDatabase,
    ListContainers,
    CreateContainer,
    ReadContainer,
    ReplaceContainer,
    DeleteContainer,
    ReadPartitionKeyRanges,
    ListOffers,
    ReadOffer,
    ReplaceOffer,
    CreateItem,
    UpsertItem,
    ReadItem,
    ReplaceItem,
    PatchItem,
    DeleteItem,

    /// <summary>All or nothing.</summary>
    Batch,

    /// <summary>Several operations in one request, each for itself.</summary>
    Bulk,
    Query,
    QueryPlan,
    ReadFeed,
    ChangeFeed,
}
