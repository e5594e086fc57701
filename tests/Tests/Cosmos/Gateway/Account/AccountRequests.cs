using System.Text.Json;
using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Cosmos.Gateway.Query;

namespace StreamCommerce.Tests.Cosmos.Gateway.Account;

/// <summary>Answers what is asked of the account, its databases, containers and offers.</summary>
internal sealed class AccountRequests(
    StoredAccount account, CosmosGatewayOptions options, TimeProvider time,
    Func<GatewayMessage, string, Uri> endpointOf)
{
    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public GatewayReply Answer(GatewayMessage message, Route route) => route.Kind switch
    {
        RequestKind.ReadAccount => Of(
            200,
            AccountDocument.Describe(options, region => endpointOf(message, region))),
        RequestKind.ListDatabases => Of(
            200, Filtered(message, account.ListDatabases(), "Databases")),
        RequestKind.CreateDatabase => CreateDatabase(message),
        RequestKind.ReadDatabase => Of(200, account.ReadDatabase(route.Database)),
        RequestKind.DeleteDatabase => DeleteDatabase(route),
        RequestKind.ListContainers => Of(
            200,
            Filtered(message, account.ListContainers(route.Database), "DocumentCollections")),
        RequestKind.CreateContainer => CreateContainer(message, route),
        RequestKind.ReadContainer => Of(
            200, account.Container(route.Database, route.Container).Describe()),
        RequestKind.ReplaceContainer => ReplaceContainer(message, route),
        RequestKind.DeleteContainer => DeleteContainer(route),
        RequestKind.ReadPartitionKeyRanges => ReadRanges(message, route),
        RequestKind.ListOffers => Of(
            200,
            Filtered(message, StoredAccount.Feed("", "Offers", account.Offers()), "Offers")),
        RequestKind.ReadOffer => Of(200, account.ReadOffer(route.Id)),
        RequestKind.ReplaceOffer => Of(
            200, account.ReplaceOffer(route.Id, message.Body, Now)),
        var kind => throw GatewayException.NotSpoken(kind.ToString()),
    };

    private GatewayReply CreateDatabase(GatewayMessage message)
    {
        var name = JsonNode.Parse(message.Body.Span)?["id"]?.GetValue<string>() ?? "";
        return account.CreateDatabase(message, name, Now) is { } created
            ? Of(201, created)
            : Taken("database");
    }

    private GatewayReply DeleteDatabase(Route route)
    {
        account.DeleteDatabase(route.Database);
        return new GatewayReply(204) { Charge = RequestCharges.PlanOrMetadata };
    }

    private GatewayReply CreateContainer(GatewayMessage message, Route route) =>
        account.CreateContainer(message, route.Database, Now) is { } created
            ? Of(201, created.Describe())
            : Taken("container");

    private GatewayReply ReplaceContainer(GatewayMessage message, Route route)
    {
        var container = account.Container(route.Database, route.Container);
        var definition = ContainerDefinition.Parse(message.Body);
        if (message.Header(HeaderNames.IfMatch) is { } expected && expected != container.ETag)
        {
            return GatewayReply.Error(412, 0, "The container has changed.");
        }

        container.Replace(definition, Now);
        return Of(200, container.Describe());
    }

    private GatewayReply DeleteContainer(Route route)
    {
        var container = account.Container(route.Database, route.Container);
        account.DeleteContainer(container);
        return new GatewayReply(204) { Charge = RequestCharges.PlanOrMetadata }
            .With(HeaderNames.ContentPath, container.Rid);
    }

    /// <summary>The SDK reads this feed to its end, as a change feed: what it already has is told
    /// by 304.</summary>
    private GatewayReply ReadRanges(GatewayMessage message, Route route)
    {
        const string ETag = "\"1\"";
        var container = account.Container(route.Database, route.Container);
        var reply = message.Header(HeaderNames.IfNoneMatch) == ETag
            ? new GatewayReply(304) { Charge = RequestCharges.PlanOrMetadata }
            : Of(200, container.DescribeRanges());
        return reply.With(HeaderNames.ETag, ETag);
    }

    /// <summary>Feeds of the account may be queried, for instance for an offer by what it belongs
    /// to.</summary>
    private static JsonObject Filtered(GatewayMessage message, JsonObject feed, string name)
    {
        if (message.Method != "POST")
        {
            return feed;
        }

        var request = QueryRequest.Parse(message.Body);
        if (request.Text is not { Value: null, List.Count: 0, Order.Count: 0, Limit: null })
        {
            throw GatewayException.NotSpoken($"queries of {name} other than SELECT * and WHERE");
        }

        var found = feed[name]!.AsArray()
            .Where(entry => request.Text.Matches(
                SqlValue.Of(JsonSerializer.SerializeToElement(entry)), request.Parameters))
            .Select(entry => entry!.DeepClone().AsObject());
        return StoredAccount.Feed((string)feed["_rid"]!, name, found);
    }

    private static GatewayReply Taken(string what) => GatewayReply.Error(
        409, 0, $"There is a {what} of that name already.", RequestCharges.PlanOrMetadata);

    private static GatewayReply Of(int status, JsonObject body) =>
        new GatewayReply(status)
        {
            Charge = RequestCharges.PlanOrMetadata,
            Body = JsonSerializer.SerializeToUtf8Bytes(body),
        }.With(HeaderNames.ETag, (string?)body["_etag"]);
}
