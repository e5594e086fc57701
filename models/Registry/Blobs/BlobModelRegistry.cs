using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StreamCommerce.Models.Registry.Blobs;

/// <summary>
/// A registry in a container of Azure Blob Storage: a blob a model under <c>models/</c>, written
/// once (<c>If-None-Match: *</c>), and <c>current.json</c>, which is replaced only where its ETag
/// is the one that was read (<c>If-Match</c>). An upload shows when all of it is there.
/// </summary>
public sealed class BlobModelRegistry : IModelRegistry
{
    private const string Folder = "models/";
    private const string HashKey = "sha256";
    private const int Status304NotModified = 304;
    private const int Status404NotFound = 404;
    private const int Status409Conflict = 409;
    private const int Status412PreconditionFailed = 412;

    private readonly BlobContainerClient _container;
    private PointerVersion? _read;

    /// <param name="container">The container's address: with a shared access signature in it, or
    /// one that this machine's identity may use. It is made at the first publication.</param>
    public BlobModelRegistry(Uri container)
    {
        var options = new BlobClientOptions();
        _container = container.Query.Contains("sig=", StringComparison.Ordinal)
            ? new BlobContainerClient(container, options)
            : new BlobContainerClient(container, new DefaultAzureCredential(), options);
    }

    internal BlobModelRegistry(BlobContainerClient container) => _container = container;

    /// <summary>The address without its signature.</summary>
    public string Location => _container.Uri.GetLeftPart(UriPartial.Path);

    private BlobClient Pointer => _container.GetBlobClient(PointerJson.FileName);

    public Task<IReadOnlyList<PublishedModel>> ListAsync(CancellationToken ct) =>
        AskAsync<IReadOnlyList<PublishedModel>>(async () =>
        {
            var list = new List<PublishedModel>();
            try
            {
                await foreach (var blob in _container.GetBlobsAsync(
                    BlobTraits.None, BlobStates.None, Folder, ct))
                {
                    if (IdOf(blob.Name) is { } id)
                        list.Add(await LookAsync(id, blob.Properties.ContentLength ?? 0, ct));
                }
            }
            catch (RequestFailedException e) when (e.Status == Status404NotFound)
            {
                // No container: nothing was published yet.
            }
            return list;
        });

    public async Task<ModelManifest> PublishAsync(string file, CancellationToken ct)
    {
        using var opened = ModelFile.Open(file);
        var manifest = opened.Model.Manifest;
        var hash = await FileContent.HashAsync(file, ct);
        await AskAsync(async () =>
        {
            try
            {
                await UploadAsync(manifest.Id, file, hash, ct);
            }
            catch (RequestFailedException e)
                when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await _container.CreateIfNotExistsAsync(cancellationToken: ct);
                await UploadAsync(manifest.Id, file, hash, ct);
            }
            return true;
        });
        return manifest;
    }

    public Task FetchAsync(string id, string file, CancellationToken ct) =>
        AskAsync(async () =>
        {
            try
            {
                using var response = await BlobOf(id).DownloadToAsync(file, ct);
                return true;
            }
            catch (RequestFailedException e) when (e.Status == Status404NotFound)
            {
                throw new ModelMissingException(id, Location, e);
            }
        });

    public async Task<ModelPointer> ReadPointerAsync(CancellationToken ct) =>
        (await AskAsync(() => ReadVersionAsync(ct))).Pointer;

    public Task<bool> TryReplacePointerAsync(
        ModelPointer seen, ModelPointer next, CancellationToken ct) =>
        AskAsync(async () =>
        {
            if (next.ModelId is { } id && !await BlobOf(id).ExistsAsync(ct))
                throw new ModelMissingException(id, Location);
            var version = await ReadVersionAsync(ct);
            if (version.Pointer.Revision != seen.Revision) return false;
            try
            {
                await Pointer.UploadAsync(
                    BinaryData.FromBytes(PointerJson.Write(next)),
                    new BlobUploadOptions
                    {
                        Conditions = version.ETag is { } tag
                            ? new() { IfMatch = tag } : new() { IfNoneMatch = ETag.All },
                        HttpHeaders = new() { ContentType = "application/json" },
                    },
                    ct);
                return true;
            }
            catch (RequestFailedException e) when (IsLost(e))
            {
                return false;
            }
        });

    private static bool IsLost(RequestFailedException e) =>
        e.Status is Status409Conflict or Status412PreconditionFailed;

    private static string? IdOf(string blobName)
    {
        if (!blobName.EndsWith(ModelFile.Extension, StringComparison.Ordinal)) return null;
        var id = blobName[Folder.Length..^ModelFile.Extension.Length];
        return ModelRules.IsId(id) ? id : null;
    }

    /// <summary>Tells faults of the network as every registry does.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RequestFailedException e)
        {
            throw new IOException(
                $"{Location} does not answer as it should ({e.Status} {e.ErrorCode}).", e);
        }
        catch (Exception e) when (e is AggregateException or AuthenticationFailedException)
        {
            // Every attempt has failed, or nobody has told this machine who it is.
            throw new IOException($"{Location} cannot be asked: {e.Message}", e);
        }
    }

    private BlobClient BlobOf(string id) => ModelRules.IsId(id)
        ? _container.GetBlobClient(Folder + id + ModelFile.Extension)
        : throw new ModelMissingException(id, Location);

    private async Task UploadAsync(string id, string file, string hash, CancellationToken ct)
    {
        var blob = BlobOf(id);
        try
        {
            await blob.UploadAsync(file, new BlobUploadOptions
            {
                Conditions = new() { IfNoneMatch = ETag.All },
                Metadata = new Dictionary<string, string> { [HashKey] = hash },
            }, ct);
        }
        catch (RequestFailedException e) when (IsLost(e))
        {
            BlobProperties there = await blob.GetPropertiesAsync(cancellationToken: ct);
            if (there.Metadata.TryGetValue(HashKey, out var other) && other == hash) return;
            throw new ModelConflictException(id, Location);
        }
    }

    private async Task<PublishedModel> LookAsync(string id, long bytes, CancellationToken ct)
    {
        if (bytes == 0) return ModelListing.Of(id, [], 0);
        var head = await BlobOf(id).DownloadContentAsync(new BlobDownloadOptions
        {
            Range = new HttpRange(0, ModelFile.HeadBytes),
        }, ct);
        return ModelListing.Of(id, head.Value.Content.ToMemory().Span, bytes);
    }

    private async Task<PointerVersion> ReadVersionAsync(CancellationToken ct)
    {
        var before = Volatile.Read(ref _read);
        try
        {
            var answer = await Pointer.DownloadContentAsync(new BlobDownloadOptions
            {
                Conditions = new() { IfNoneMatch = before?.ETag },
            }, ct);
            if (answer.GetRawResponse().Status == Status304NotModified) return before!;
            var version = new PointerVersion(
                PointerJson.Read(answer.Value.Content.ToMemory().Span,
                    $"{Location}/{PointerJson.FileName}"),
                answer.Value.Details.ETag);
            Volatile.Write(ref _read, version);
            return version;
        }
        catch (RequestFailedException e) when (e.Status == Status404NotFound)
        {
            return new(ModelPointer.None, null);
        }
    }

    /// <summary>A pointer and the version of its blob; null where there is no blob.</summary>
    private sealed record PointerVersion(ModelPointer Pointer, ETag? ETag);
}
