namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>
/// A request's place and verb. Databases and containers are addressed by name, or by the ids that
/// the service gave them: the SDK does either.
/// </summary>
internal readonly record struct Route(
    RequestKind Kind, string Database = "", string Container = "", string Id = "")
{
    /// <exception cref="GatewayException">No such path or verb here.</exception>
    public static Route Of(GatewayMessage message)
    {
        var path = message.Segments;
        return path switch
        {
            [] => new(Verb(message, ("GET", RequestKind.ReadAccount))),
            ["dbs"] => new(Databases(message)),
            ["dbs", var db] => new(
                Verb(
                    message,
                    ("GET", RequestKind.ReadDatabase), ("DELETE", RequestKind.DeleteDatabase)),
                db),
            ["dbs", var db, "colls"] => new(Containers(message), db),
            ["dbs", var db, "colls", var name] => new(
                Verb(
                    message,
                    ("GET", RequestKind.ReadContainer),
                    ("PUT", RequestKind.ReplaceContainer),
                    ("DELETE", RequestKind.DeleteContainer)),
                db,
                name),
            ["dbs", var db, "colls", var name, "pkranges"] => new(
                Verb(message, ("GET", RequestKind.ReadPartitionKeyRanges)), db, name),
            ["dbs", var db, "colls", var name, "docs"] => new(Items(message), db, name),
            ["dbs", var db, "colls", var name, "docs", var id] => new(
                Verb(
                    message,
                    ("GET", RequestKind.ReadItem),
                    ("PUT", RequestKind.ReplaceItem),
                    ("PATCH", RequestKind.PatchItem),
                    ("DELETE", RequestKind.DeleteItem)),
                db,
                name,
                id),
            ["offers"] => new(
                Verb(
                    message,
                    ("GET", RequestKind.ListOffers), ("POST", RequestKind.ListOffers))),
            ["offers", var id] => new(
                Verb(
                    message,
                    ("GET", RequestKind.ReadOffer), ("PUT", RequestKind.ReplaceOffer)),
                Id: id),
            _ => throw GatewayException.NotSpoken($"the path /{string.Join('/', path)}"),
        };
    }

    private static RequestKind Databases(GatewayMessage message) => Verb(
        message,
        ("GET", RequestKind.ListDatabases),
        ("POST", message.Flag(HeaderNames.IsQuery)
            ? RequestKind.ListDatabases
            : RequestKind.CreateDatabase));

    private static RequestKind Containers(GatewayMessage message) => Verb(
        message,
        ("GET", RequestKind.ListContainers),
        ("POST", message.Flag(HeaderNames.IsQuery)
            ? RequestKind.ListContainers
            : RequestKind.CreateContainer));

    private static RequestKind Items(GatewayMessage message) => Verb(
        message,
        ("GET", message.Header(HeaderNames.IncrementalFeed) is null
            ? RequestKind.ReadFeed
            : RequestKind.ChangeFeed),
        ("POST", Posted(message)));

    private static RequestKind Posted(GatewayMessage message) =>
        message.Flag(HeaderNames.IsQueryPlan) ? RequestKind.QueryPlan
        : message.Flag(HeaderNames.IsQuery) ? RequestKind.Query
        : message.Flag(HeaderNames.IsBatch) ? message.Flag(HeaderNames.BatchAtomic)
            ? RequestKind.Batch
            : RequestKind.Bulk
        : message.Flag(HeaderNames.IsUpsert) ? RequestKind.UpsertItem
        : RequestKind.CreateItem;

    private static RequestKind Verb(
        GatewayMessage message, params ReadOnlySpan<(string Method, RequestKind Kind)> verbs)
    {
        foreach (var (method, kind) in verbs)
        {
            if (method == message.Method)
            {
                return kind;
            }
        }

        throw new GatewayException(
            405, 0, $"{message.Method} is no verb of /{string.Join('/', message.Segments)}.");
    }
}
