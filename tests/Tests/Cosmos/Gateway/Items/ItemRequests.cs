using System.Globalization;
using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Account;
using StreamCommerce.Tests.Cosmos.Gateway.Batch;
using StreamCommerce.Tests.Cosmos.Gateway.ChangeFeed;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Cosmos.Gateway.Query;
using StreamCommerce.Tests.Cosmos.Gateway.Sessions;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>Answers what is asked of items: alone, in batches, by queries and as feeds.</summary>
internal sealed class ItemRequests(StoredAccount account, TimeProvider time)
{
    private const int DefaultPage = 100;
    private const int MultiStatus = 207;

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <param name="message">The request.</param>
    /// <param name="route">What it asks for.</param>
    /// <param name="region">Which region was asked: its replica may be behind.</param>
    public async ValueTask<GatewayReply> AnswerAsync(
        GatewayMessage message, Route route, string region)
    {
        var container = account.Container(route.Database, route.Container);
        switch (route.Kind)
        {
            case RequestKind.Batch:
            case RequestKind.Bulk:
                return await BatchAsync(message, route, container);
            case RequestKind.Query:
                return Query(message, container, QueryRequest.Parse(message.Body), region);
            case RequestKind.ReadFeed:
                return Query(message, container, QueryRequest.Everything, region);
            case RequestKind.QueryPlan:
                return Plan(message, container);
            case RequestKind.ChangeFeed:
                return Changes(message, container, region);
            case RequestKind.ReadItem:
                return Read(message, route, container, region);
            default:
                return Write(message, route, container);
        }
    }

    private GatewayReply Write(GatewayMessage message, Route route, StoredContainer container)
    {
        var key = KeyOf(message);
        var partition = container.PartitionOf(key, out var epk);
        var call = CallOf(message, route);
        lock (partition.Gate)
        {
            var transaction = new ItemTransaction(container, key, partition, epk, Now);
            var answer = ItemOperations.Apply(call, transaction);
            if (answer.IsSuccess)
            {
                transaction.Commit();
            }

            return Of(answer, call, container, partition, partition.Lsn);
        }
    }

    private GatewayReply Read(
        GatewayMessage message, Route route, StoredContainer container, string region)
    {
        var key = KeyOf(message);
        var partition = container.PartitionOf(key, out _);
        var call = CallOf(message, route);
        lock (partition.Gate)
        {
            var session = message.Header(HeaderNames.SessionToken);
            var replica = partition.HeldBy(region, session);
            var lsn = replica?.Lsn ?? partition.Lsn;
            SessionTokens.Require(session, partition, lsn);
            var now = Now;
            var item = partition.Find(key, call.Id!, now);
            if (replica is not null)
            {
                item = replica.Find(key, call.Id!, item) is { } held && held.IsAlive(now)
                    ? held
                    : null;
            }

            return Of(ItemOperations.Read(call, item), call, container, partition, lsn);
        }
    }

    private async ValueTask<GatewayReply> BatchAsync(
        GatewayMessage message, Route route, StoredContainer container)
    {
        if (message.Body.Length > ItemBody.BytesLimit)
        {
            throw new GatewayException(413, 0, "Request size is too large.");
        }

        var operations = await BatchCodec.ReadAsync(message.Body);
        if (operations.Count is 0 or > BatchRun.OperationsLimit)
        {
            throw GatewayException.BadRequest(
                $"A batch has 1 to {BatchRun.OperationsLimit} operations, not {operations.Count}.");
        }

        var (partition, results, lsn) = route.Kind == RequestKind.Batch
            ? RunBatch(message, container, operations)
            : RunBulk(message, container, operations);
        var allWell = results.All(result => result.Status < 400);
        return Of(
            new GatewayReply(allWell ? 200 : MultiStatus)
            {
                Body = await BatchCodec.WriteAsync(results),
                Charge = results.Sum(result => result.Charge),
                ContentType = "application/octet-stream",
            },
            container,
            partition,
            lsn);
    }

    private (PhysicalPartition Partition, BatchResult[] Results, long Lsn) RunBatch(
        GatewayMessage message, StoredContainer container, IReadOnlyList<BatchOperation> operations)
    {
        var key = KeyOf(message);
        var partition = container.PartitionOf(key, out var epk);
        lock (partition.Gate)
        {
            // A batch may read, too: then it must not be behind its session.
            SessionTokens.Require(
                message.Header(HeaderNames.SessionToken), partition, partition.Lsn);
            var results = BatchRun.Atomically(
                operations, new ItemTransaction(container, key, partition, epk, Now));
            return (partition, results, partition.Lsn);
        }
    }

    private (PhysicalPartition Partition, BatchResult[] Results, long Lsn) RunBulk(
        GatewayMessage message, StoredContainer container, IReadOnlyList<BatchOperation> operations)
    {
        if (!message.Flag(HeaderNames.BatchContinueOnError))
        {
            throw GatewayException.NotSpoken("batches that are neither atomic nor go on");
        }

        var partition = container.PartitionById(
            message.Header(HeaderNames.PartitionKeyRangeId) ?? "");
        lock (partition.Gate)
        {
            var results = new BatchResult[operations.Count];
            for (var i = 0; i < results.Length; i++)
            {
                var key = PartitionKeyValue.OfHeader(operations[i].PartitionKey ?? "");
                var own = container.PartitionOf(key, out var epk);
                results[i] = own == partition
                    ? BatchRun.Alone(
                        operations[i], new ItemTransaction(container, key, partition, epk, Now))
                    : new BatchResult(
                        410, SubStatus.PartitionKeyRangeGone, null, default,
                        RequestCharges.Refused);
            }

            return (partition, results, partition.Lsn);
        }
    }

    private GatewayReply Query(
        GatewayMessage message, StoredContainer container, QueryRequest request, string region)
    {
        container.Definition.Indexing.RequireOrder(
            [.. request.Text.Order.Select(by => (by.Path, by.Descending))]);
        var scope = new FeedScope(message, container);
        var partition = scope.Partition;
        var size = message.Number(HeaderNames.MaxItemCount) is > 0 and var asked
            ? asked
            : DefaultPage;
        lock (partition.Gate)
        {
            var session = message.Header(HeaderNames.SessionToken);
            var replica = partition.HeldBy(region, session);
            var lsn = replica?.Lsn ?? partition.Lsn;
            SessionTokens.Require(session, partition, lsn);
            var page = new QueryRun(request, container.Rid).Page(
                scope.Items(replica, Now), message.Header(HeaderNames.Continuation), size);
            return Of(
                new GatewayReply(200) { Body = page.Body, Charge = page.Charge }
                    .With(HeaderNames.Continuation, page.Continuation)
                    .With(HeaderNames.ItemCount, Text(page.Count))
                    .With(HeaderNames.RequiresDistribution, bool.FalseString),
                container,
                partition,
                lsn);
        }
    }

    private static GatewayReply Plan(GatewayMessage message, StoredContainer container)
    {
        var plan = QueryPlan.Describe(QueryRequest.Parse(message.Body), container.Definition);
        return new GatewayReply(200)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(plan),
            Charge = RequestCharges.PlanOrMetadata,
        };
    }

    private GatewayReply Changes(
        GatewayMessage message, StoredContainer container, string region)
    {
        var scope = new FeedScope(message, container);
        var partition = scope.Partition;
        lock (partition.Gate)
        {
            var session = message.Header(HeaderNames.SessionToken);
            var replica = partition.HeldBy(region, session);
            var lsn = replica?.Lsn ?? partition.Lsn;
            SessionTokens.Require(session, partition, lsn);
            var now = Now;
            var changes = replica is null
                ? ChangeFeedReader.After(
                    partition.Changes, ChangeFeedReader.AfterOf(message, lsn))
                    .Where(item => item.IsAlive(now) && scope.IsInScope(item))
                : scope.Items(replica, now).OrderBy(item => item.Lsn);
            var page = ChangeFeedReader.Read(message, changes, lsn, container.Rid);
            return Of(
                new GatewayReply(page.Body is null ? 304 : 200)
                {
                    Body = page.Body,
                    Charge = page.Charge,
                }
                    .With(HeaderNames.ETag, page.ETag)
                    .With(HeaderNames.ItemCount, Text(page.Count)),
                container,
                partition,
                lsn);
        }
    }

    private static ItemCall CallOf(GatewayMessage message, Route route) => new(
        route.Kind,
        route.Kind is RequestKind.CreateItem or RequestKind.UpsertItem ? null : route.Id,
        message.Body,
        message.Header(HeaderNames.IfMatch),
        message.Header(HeaderNames.IfNoneMatch),
        message.Header(HeaderNames.Prefer) == "return=minimal");

    private static PartitionKeyValue KeyOf(GatewayMessage message) =>
        message.Header(HeaderNames.PartitionKey) is { } header
            ? PartitionKeyValue.OfHeader(header)
            : throw GatewayException.BadRequest(
                "PartitionKey value must be supplied for this operation.");

    private static GatewayReply Of(
        ItemAnswer answer, in ItemCall call, StoredContainer container,
        PhysicalPartition partition, long lsn)
    {
        var reply = !answer.IsSuccess
            ? GatewayReply.Error(answer.Status, 0, answer.Message!, answer.Charge)
            : new GatewayReply(answer.Status)
            {
                Charge = answer.Charge,
                Body = call.Minimal || answer.Status is 304 or 204
                    ? default(ReadOnlyMemory<byte>)
                    : answer.Item!.Json,
            }.With(HeaderNames.ETag, answer.Item?.ETag);
        return Of(reply, container, partition, lsn);
    }

    private static GatewayReply Of(
        GatewayReply reply, StoredContainer container, PhysicalPartition partition, long lsn) =>
        reply.With(HeaderNames.SessionToken, SessionTokens.Of(partition, lsn))
            .With(HeaderNames.PartitionKeyRangeId, partition.Id)
            .With(HeaderNames.AltContentPath, container.Link)
            .With(HeaderNames.ContentPath, container.Rid)
            .With(HeaderNames.Lsn, Text(lsn));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
