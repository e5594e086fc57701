using System.Text.Json;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Engine.Storage.Cosmos.Models;

/// <summary>
/// A registry whose entries and pointer are documents, so that every instance of a shop sees the
/// same ones. Files, which are larger than a document may be, are in another registry's place.
/// </summary>
/// <remarks>
/// A file is durable before its entry is written, and without an entry there is no model: a crash
/// between the two leaves a file that nobody is told of, and publishing it again completes. The
/// pointer is replaced where its ETag is the one that was read. Any thread.
/// </remarks>
public sealed class CosmosModelRegistry : IModelRegistry, IDisposable
{
    private readonly DocumentContainer _documents;
    private readonly IModelFiles _files;
    private readonly HybridClock _clock;
    private readonly IDisposable? _client;
    private Stored<PointerDocument>? _read;

    /// <param name="documents">The container of entries and pointer.</param>
    /// <param name="files">Where files are; every instance must see the same ones.</param>
    /// <param name="options">The account, for messages.</param>
    /// <param name="clock">Tells one write from another.</param>
    /// <param name="client">Disposed of with the registry; null where it is another's.</param>
    internal CosmosModelRegistry(
        DocumentContainer documents, IModelFiles files, CosmosOptions options, HybridClock clock,
        IDisposable? client = null)
    {
        (_documents, _files, _clock, _client) = (documents, files, clock, client);
        Location = $"{options.Endpoint.TrimEnd('/')}/{options.Database}/{documents.Name}";
    }

    /// <summary>Opens a registry with a client of its own.</summary>
    /// <param name="options">The account.</param>
    /// <param name="files">Where files are.</param>
    /// <param name="time">The clock of waits.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static CosmosModelRegistry Open(
        CosmosOptions options, IModelFiles files, TimeProvider time)
    {
        var client = CosmosAccount.Open(options);
        return new(
            new(client.GetContainer(options.Database, CosmosSchema.Models), new(options, time)),
            files, options, new(time, options.Node ?? 0), client);
    }

    public string Location { get; }

    public async Task<IReadOnlyList<PublishedModel>> ListAsync(CancellationToken ct)
    {
        var entries = new List<ModelDocument>();
        var query = new QueryDefinition("SELECT * FROM c WHERE c.type = @type")
            .WithParameter("@type", ModelDocument.TypeName);
        await foreach (var entry in _documents.ListAsync<ModelDocument>(query, ct))
            entries.Add(entry);
        if (entries.Count == 0) return [];
        var files = (await _files.ListAsync(ct)).ToDictionary(file => file.Id);
        return
        [
            .. entries.OrderBy(entry => entry.Model, StringComparer.Ordinal).Select(entry =>
                entry.ToPublished(files.GetValueOrDefault(entry.Model), _files.Location)),
        ];
    }

    public async Task<ModelManifest> PublishAsync(string file, CancellationToken ct)
    {
        var manifest = await _files.PublishAsync(file, ct);
        var id = ModelDocument.IdOf(manifest.Id);
        var entry = new ModelDocument
        {
            Id = id,
            Model = manifest.Id,
            Bytes = new FileInfo(file).Length,
            Hash = await FileContent.HashAsync(file, ct),
            Manifest = manifest,
        };
        var reply = await _documents.CreateAsync(id, entry, ct);
        if (reply.Result == Written.Conflict
            && (await FindAsync(manifest.Id, ct))?.Hash != entry.Hash)
        {
            throw new ModelConflictException(manifest.Id, Location);
        }
        return manifest;
    }

    public async Task FetchAsync(string id, string file, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is null) throw new ModelMissingException(id, Location);
        await _files.FetchAsync(id, file, ct);
    }

    public async Task<ModelPointer> ReadPointerAsync(CancellationToken ct) =>
        (await ReadAsync(ct))?.Document.ToPointer() ?? ModelPointer.None;

    public async Task<bool> TryReplacePointerAsync(
        ModelPointer seen, ModelPointer next, CancellationToken ct)
    {
        if (next.ModelId is { } id)
        {
            // The entry alone would have every instance look for a file that is not there.
            if (await FindAsync(id, ct) is not { } entry
                || !(await _files.ListAsync(ct)).Any(
                    file => file.Id == id && file.Bytes == entry.Bytes))
            {
                throw new ModelMissingException(id, Location);
            }
        }
        var before = await ReadAsync(ct);
        if ((before?.Document.Revision ?? ModelPointer.None.Revision) != seen.Revision)
            return false;
        var document = PointerDocument.Of(next, _clock.NewId());
        const string Id = PointerDocument.PointerId;
        var reply = before is null
            ? await _documents.CreateAsync(Id, document, ct)
            : await _documents.ReplaceAsync(Id, Id, document, before.ETag, ct);
        // A write that was sent twice finds itself there.
        return reply.Result == Written.Done
            || (await ReadAsync(ct))?.Document.Write == document.Write;
    }

    public void Dispose() => _client?.Dispose();

    private async ValueTask<ModelDocument?> FindAsync(string model, CancellationToken ct)
    {
        var id = ModelDocument.IdOf(model);
        // As it is now: who has read the pointer must find the model that it names.
        return (await _documents.FindCurrentAsync<ModelDocument>(id, id, ct))?.Document;
    }

    private async ValueTask<Stored<PointerDocument>?> ReadAsync(CancellationToken ct)
    {
        const string Id = PointerDocument.PointerId;
        try
        {
            var read = await _documents.FindAsync(Id, Id, Volatile.Read(ref _read), ct);
            if (read is { Document: { Revision: < 1 } or { History.Count: 0 } })
                throw new JsonException("It has no history.");
            Volatile.Write(ref _read, read);
            return read;
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{Location}/{Id} is not what was written: " +
                $"{e.Message} Promote a model again after removing it.", e);
        }
    }
}
