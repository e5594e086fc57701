namespace StreamCommerce.Models.Registry;

/// <summary>The reference of <see cref="IModelRegistry"/>: files as arrays. Any thread.</summary>
public sealed class MemoryModelRegistry : IModelRegistry
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private ModelPointer _pointer = ModelPointer.None;

    public string Location => "memory";

    public Task<IReadOnlyList<PublishedModel>> ListAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<PublishedModel>>(
            [
                .. _files.Select(file =>
                    ModelListing.Of(file.Key, file.Value, file.Value.Length)),
            ]);
        }
    }

    public async Task<ModelManifest> PublishAsync(string file, CancellationToken ct)
    {
        using var opened = ModelFile.Open(file);
        var manifest = opened.Model.Manifest;
        var bytes = await File.ReadAllBytesAsync(file, ct);
        lock (_gate)
        {
            if (_files.TryGetValue(manifest.Id, out var before)
                && !before.AsSpan().SequenceEqual(bytes))
            {
                throw new ModelConflictException(manifest.Id, Location);
            }
            _files[manifest.Id] = bytes;
        }
        return manifest;
    }

    public Task FetchAsync(string id, string file, CancellationToken ct)
    {
        byte[] bytes;
        lock (_gate)
        {
            if (!_files.TryGetValue(id, out bytes!)) throw new ModelMissingException(id, Location);
        }
        return File.WriteAllBytesAsync(file, bytes, ct);
    }

    public Task<ModelPointer> ReadPointerAsync(CancellationToken ct)
    {
        lock (_gate) return Task.FromResult(_pointer);
    }

    public Task<bool> TryReplacePointerAsync(
        ModelPointer seen, ModelPointer next, CancellationToken ct)
    {
        lock (_gate)
        {
            if (next.ModelId is { } id && !_files.ContainsKey(id))
                throw new ModelMissingException(id, Location);
            if (_pointer.Revision != seen.Revision) return Task.FromResult(false);
            _pointer = next;
            return Task.FromResult(true);
        }
    }

    /// <summary>Damages a model, as a disk would.</summary>
    internal void Overwrite(string id, byte[] bytes)
    {
        lock (_gate) _files[id] = bytes;
    }
}
