using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>A document as it was read, and the ETag that guards its next write.</summary>
internal sealed record Stored<T>(T Document, string ETag);

/// <summary>A write's answer.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="ETag">Of what is stored now, where it is done.</param>
internal readonly record struct WriteReply(Written Result, string? ETag);

/// <summary>What became of a write.</summary>
internal enum Written
{
    Done,

    /// <summary>409: a document with its id is there; what we meant is done already.</summary>
    Conflict,

    /// <summary>412: it is not what the ETag or the predicate expects.</summary>
    Changed,

    /// <summary>404: there is no such document.</summary>
    Missing,
}

/// <summary>
/// A container's documents, by partition key and id. Streams, not typed calls: the SDK throws for
/// a typed 404, 409 or 412, which here are ordinary answers. Any thread.
/// </summary>
/// <remarks>
/// Faults are <see cref="StoreUnavailableException"/>. A write that had to be repeated answers as
/// the last one did: <see cref="Written.Conflict"/> and <see cref="Written.Changed"/> may then be
/// our own earlier write, so callers read what is there and decide again.
/// </remarks>
internal sealed class DocumentContainer(Container container, CosmosRequests requests)
{
    public string Name => container.Id;

    /// <summary>A point read: 1 RU for a document of 1 KB. Null where it is not there.</summary>
    public ValueTask<Stored<T>?> FindAsync<T>(
        string partition, string id, CancellationToken ct) where T : class =>
        FindAsync<T>(partition, id, before: null, ct);

    /// <summary>A point read of what was read before: where it has not changed, the account
    /// sends nothing but that.</summary>
    public async ValueTask<Stored<T>?> FindAsync<T>(
        string partition, string id, Stored<T>? before, CancellationToken ct) where T : class
    {
        var session = CosmosSession.TokenOf(Name, partition);
        try
        {
            return await ReadAsync(partition, id, before, session, ct);
        }
        catch (SessionBehindException) when (session is not null)
        {
            // The region of the write is lost, or the token is not of this account: what can be
            // read is better than nothing.
            CosmosSession.Lose(Name, partition);
            return await ReadAsync(partition, id, before, null, ct);
        }
    }

    /// <summary>
    /// Whether a document is there now, whoever wrote it. From then on this client's reads of it
    /// are no older than the answer: a read alone may come from a replica that has not seen yet
    /// what another instance wrote. 1 RU and a round trip, where writes go.
    /// </summary>
    /// <remarks>
    /// A patch whose predicate no document meets. It is answered by those who take writes, and the
    /// client keeps the session token of a 412 and a 404 as it does that of a write that was done.
    /// </remarks>
    public async ValueTask<bool> IsThereAsync(
        string partition, string id, CancellationToken ct) =>
        (await PatchAsync(partition, id, NoChange, "FROM c WHERE NOT IS_DEFINED(c.id)", ct))
            .Result != Written.Missing;

    /// <summary>A document as it is now, whoever wrote it (<see cref="IsThereAsync"/>).</summary>
    public async ValueTask<Stored<T>?> FindCurrentAsync<T>(
        string partition, string id, CancellationToken ct) where T : class =>
        await IsThereAsync(partition, id, ct) ? await FindAsync<T>(partition, id, ct) : null;

    private static readonly PatchOperation[] NoChange = [PatchOperation.Remove("/none")];

    public ValueTask<WriteReply> CreateAsync<T>(
        string partition, T document, CancellationToken ct) where T : class =>
        WriteAsync("create", partition, token => container.CreateItemStreamAsync(
            Serialize(document), new(partition), cancellationToken: token), ct);

    /// <summary>Writes over the very state that was read.</summary>
    public ValueTask<WriteReply> ReplaceAsync<T>(
        string partition, string id, T document, string etag, CancellationToken ct)
        where T : class =>
        WriteAsync("replace", partition, token => container.ReplaceItemStreamAsync(
            Serialize(document), id, new(partition), new() { IfMatchEtag = etag }, token), ct);

    /// <summary>Writes over whatever is there, or where nothing is.</summary>
    public ValueTask<WriteReply> UpsertAsync<T>(
        string partition, T document, CancellationToken ct) where T : class =>
        WriteAsync("upsert", partition, token => container.UpsertItemStreamAsync(
            Serialize(document), new(partition), cancellationToken: token), ct);

    /// <summary>Changes a document where the predicate holds; at most 10 operations.</summary>
    public ValueTask<WriteReply> PatchAsync(
        string partition, string id, IReadOnlyList<PatchOperation> changes, string? predicate,
        CancellationToken ct) =>
        WriteAsync("patch", partition, token => container.PatchItemStreamAsync(
            id, new(partition), changes, new() { FilterPredicate = predicate }, token), ct);

    /// <summary>Removes a document; with an ETag only the very state that was read.</summary>
    public ValueTask<WriteReply> DeleteAsync(
        string partition, string id, string? etag, CancellationToken ct) =>
        WriteAsync("delete", partition, token => container.DeleteItemStreamAsync(
            id, new(partition), etag is null ? null : new() { IfMatchEtag = etag }, token), ct);

    /// <summary>
    /// Runs a batch, all of it or nothing, within one partition.
    /// </summary>
    public async ValueTask<BatchReply> RunAsync(
        string partition, DocumentBatch batch, CancellationToken ct)
    {
        using var response = await requests.SendAsync(Name, "batch",
            token => batch.Build(container, partition).ExecuteAsync(token), ct);
        CosmosSession.Wrote(Name, partition, response.Headers.Session);
        return BatchReply.Of(response);
    }

    /// <summary>The first documents that a query finds in one partition.</summary>
    public ValueTask<List<T>> QueryAsync<T>(
        QueryDefinition query, string partition, int limit, CancellationToken ct) =>
        TakeAsync(ListAsync<T>(query, partition, Math.Min(limit, PageMaximum), ct), limit);

    /// <summary>What a query finds in one partition, a page at a time.</summary>
    public IAsyncEnumerable<T> ListAsync<T>(
        QueryDefinition query, string partition, CancellationToken ct) =>
        ListAsync<T>(query, partition, PageMaximum, ct);

    /// <summary>The first documents that a query finds in all partitions.</summary>
    public ValueTask<List<T>> ListAsync<T>(
        QueryDefinition query, int limit, CancellationToken ct) =>
        TakeAsync(ListAsync<T>(query, ct), limit);

    /// <summary>
    /// What a query finds in all partitions, a page at a time: a round trip to each physical
    /// partition at least, so never on a buyer's way.
    /// </summary>
    public IAsyncEnumerable<T> ListAsync<T>(QueryDefinition query, CancellationToken ct) =>
        ListAsync<T>(query, new QueryRequestOptions
        {
            MaxItemCount = PageMaximum,
            SessionToken = CosmosSession.TokenOf(Name),
        }, ct);

    private IAsyncEnumerable<T> ListAsync<T>(
        QueryDefinition query, string partition, int pageSize, CancellationToken ct) =>
        ListAsync<T>(query, new QueryRequestOptions
        {
            PartitionKey = new PartitionKey(partition),
            MaxItemCount = pageSize,
            SessionToken = CosmosSession.TokenOf(Name, partition),
        }, ct);

    private static async ValueTask<List<T>> TakeAsync<T>(IAsyncEnumerable<T> documents, int limit)
    {
        var taken = new List<T>();
        await foreach (var document in documents)
        {
            taken.Add(document);
            if (taken.Count == limit) break;
        }
        return taken;
    }

    private async IAsyncEnumerable<T> ListAsync<T>(
        QueryDefinition query, QueryRequestOptions options,
        [EnumeratorCancellation] CancellationToken ct)
    {
        string? place = null;
        var pages = Open();
        try
        {
            while (pages.HasMoreResults)
            {
                FeedResponse<T> page;
                try
                {
                    page = await requests.ReadAsync(
                        Name, pages, options.SessionToken is not null, ct);
                }
                catch (SessionBehindException) when (options.SessionToken is not null)
                {
                    CosmosSession.Lose(Name, partition: null);
                    options.SessionToken = null;
                    pages.Dispose();
                    pages = Open();
                    continue;
                }
                place = page.ContinuationToken;
                foreach (var document in page) yield return document;
            }
        }
        finally
        {
            pages.Dispose();
        }

        FeedIterator<T> Open() => container.GetItemQueryIterator<T>(query, place, options);
    }

    private async ValueTask<Stored<T>?> ReadAsync<T>(
        string partition, string id, Stored<T>? before, string? session, CancellationToken ct)
        where T : class
    {
        var options = session is null && before is null
            ? null
            : new ItemRequestOptions { SessionToken = session, IfNoneMatchEtag = before?.ETag };
        using var response = await requests.SendAsync(Name, "read",
            token => container.ReadItemStreamAsync(id, new(partition), options, token), ct,
            hasSession: session is not null);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.NotModified => before,
            _ => new(Deserialize<T>(response.Content), response.Headers.ETag),
        };
    }

    // A page of 1,000 documents of 1 KB stays well below the 4 MB of an answer.
    private const int PageMaximum = 1_000;

    internal static MemoryStream Serialize<T>(T document)
    {
        var stream = new MemoryStream(256);
        JsonSerializer.Serialize(stream, document, CosmosJson.Options);
        stream.Position = 0;
        return stream;
    }

    internal static T Deserialize<T>(Stream content) =>
        JsonSerializer.Deserialize<T>(content, CosmosJson.Options)
            ?? throw new JsonException("A document of the account is null.");

    private async ValueTask<WriteReply> WriteAsync(
        string operation, string partition,
        Func<CancellationToken, Task<ResponseMessage>> send, CancellationToken ct)
    {
        using var response = await requests.SendAsync(Name, operation, send, ct);
        CosmosSession.Wrote(Name, partition, response.Headers.Session);
        return new(Of(response.StatusCode), response.Headers.ETag);
    }

    internal static Written Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Conflict => Written.Conflict,
        HttpStatusCode.PreconditionFailed => Written.Changed,
        HttpStatusCode.NotFound => Written.Missing,
        >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous => Written.Done,
        _ => throw new StoreUnavailableException($"A write was answered {(int)status} ({status})."),
    };
}
