using System.Net;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Writes of one partition that happen together or not at all, at most 100. A description: it is
/// built anew for each sending, since the SDK uses its streams up.
/// </summary>
internal sealed class DocumentBatch
{
    private readonly List<Action<TransactionalBatch>> _steps = [];

    public DocumentBatch Create<T>(T document) where T : class => Add(batch =>
        batch.CreateItemStream(DocumentContainer.Serialize(document), Silent));

    public DocumentBatch Replace<T>(string id, T document, string etag) where T : class =>
        Add(batch => batch.ReplaceItemStream(id, DocumentContainer.Serialize(document),
            new() { IfMatchEtag = etag, EnableContentResponseOnWrite = false }));

    public DocumentBatch Delete(string id) => Add(batch => batch.DeleteItem(id));

    /// <summary>Changes a document where the predicate holds, and answers what it is then.
    /// </summary>
    public DocumentBatch Patch(
        string id, IReadOnlyList<PatchOperation> changes, string? predicate) =>
        Add(batch => batch.PatchItem(id, changes,
            new() { FilterPredicate = predicate, EnableContentResponseOnWrite = true }));

    internal TransactionalBatch Build(Container container, string partition)
    {
        var batch = container.CreateTransactionalBatch(new(partition));
        foreach (var step in _steps) step(batch);
        return batch;
    }

    // What was written is known already, and an answer of it would be paid for in bandwidth.
    private static TransactionalBatchItemRequestOptions Silent { get; } =
        new() { EnableContentResponseOnWrite = false };

    private DocumentBatch Add(Action<TransactionalBatch> step)
    {
        _steps.Add(step);
        return this;
    }
}

/// <summary>What became of a batch.</summary>
/// <param name="Result">Done, or why not.</param>
/// <param name="FailedStep">Which step is to blame, from 0; -1 where it is done.</param>
/// <param name="Contents">What each step answered; null where that is nothing.</param>
internal sealed record BatchReply(
    Written Result, int FailedStep, IReadOnlyList<MemoryStream?> Contents)
{
    /// <summary>The ETag of what the first step has written; null where nothing was.</summary>
    public string? FirstETag { get; private init; }

    // Others than the one to blame are answered 424.
    private const HttpStatusCode NotToBlame = HttpStatusCode.FailedDependency;

    internal static BatchReply Of(TransactionalBatchResponse response)
    {
        if (response.IsSuccessStatusCode)
        {
            var contents = new MemoryStream?[response.Count];
            for (var i = 0; i < contents.Length; i++)
            {
                if (response[i].ResourceStream is not { } stream) continue;
                contents[i] = new();
                stream.CopyTo(contents[i]!);
                contents[i]!.Position = 0;
            }
            return new(Written.Done, -1, contents) { FirstETag = response[0].ETag };
        }
        for (var i = 0; i < response.Count; i++)
        {
            if (response[i].StatusCode != NotToBlame)
                return new(DocumentContainer.Of(response[i].StatusCode), i, []);
        }
        return new(DocumentContainer.Of(response.StatusCode), 0, []);
    }
}
