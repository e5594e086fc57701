using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Models.Registry;

/// <summary>
/// A registry in a folder: a file a model, and <c>current.json</c>. Everything appears by a rename
/// of what is on the disk already, so a crash leaves what was there before; what it left
/// unfinished is overwritten by the next attempt. Changes of several processes are kept apart by a
/// lock on the file <c>lock</c>, which is held for a moment and ends with its process.
/// </summary>
public sealed class FolderModelRegistry : IModelRegistry
{
    // A change takes milliseconds; ten seconds of others' changes are a fault to tell of.
    private const int LockTries = 200;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;

    /// <param name="directory">Made where something is published first.</param>
    /// <param name="time">The clock of the pauses while another process makes a change.</param>
    public FolderModelRegistry(string directory, TimeProvider time)
    {
        Location = Path.GetFullPath(directory);
        _time = time;
    }

    public string Location { get; }

    private string PointerFile => Path.Combine(Location, PointerJson.FileName);

    public Task<IReadOnlyList<PublishedModel>> ListAsync(CancellationToken ct)
    {
        var list = new List<PublishedModel>();
        if (Directory.Exists(Location))
        {
            foreach (var path in Directory.EnumerateFiles(Location, "*" + ModelFile.Extension)
                .Order(StringComparer.Ordinal))
            {
                ct.ThrowIfCancellationRequested();
                list.Add(Look(path));
            }
        }
        return Task.FromResult<IReadOnlyList<PublishedModel>>(list);
    }

    public async Task<ModelManifest> PublishAsync(string file, CancellationToken ct)
    {
        using var opened = ModelFile.Open(file);
        var manifest = opened.Model.Manifest;
        using var changing = await LockAsync(ct);
        var path = PathOf(manifest.Id);
        if (File.Exists(path))
        {
            if (await FileContent.IsSameAsync(file, path, ct)) return manifest;
            throw new ModelConflictException(manifest.Id, Location);
        }
        var unfinished = path + ".new";
        File.Copy(file, unfinished, overwrite: true);
        Flush(unfinished);
        File.Move(unfinished, path);
        DiskDirectory.Sync(Location);
        return manifest;
    }

    public async Task FetchAsync(string id, string file, CancellationToken ct)
    {
        try
        {
            await using var from = File.OpenRead(PathOf(id));
            await using var to = File.Create(file);
            await from.CopyToAsync(to, ct);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException
            && !File.Exists(PathOf(id)))
        {
            throw new ModelMissingException(id, Location, e);
        }
    }

    public async Task<ModelPointer> ReadPointerAsync(CancellationToken ct)
    {
        try
        {
            return PointerJson.Read(await File.ReadAllBytesAsync(PointerFile, ct), PointerFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ModelPointer.None;
        }
    }

    public async Task<bool> TryReplacePointerAsync(
        ModelPointer seen, ModelPointer next, CancellationToken ct)
    {
        if (next.ModelId is { } id && !File.Exists(PathOf(id)))
            throw new ModelMissingException(id, Location);
        using var changing = await LockAsync(ct);
        if ((await ReadPointerAsync(ct)).Revision != seen.Revision) return false;
        var unfinished = PointerFile + ".new";
        await File.WriteAllBytesAsync(unfinished, PointerJson.Write(next), ct);
        Flush(unfinished);
        File.Move(unfinished, PointerFile, overwrite: true);
        DiskDirectory.Sync(Location);
        return true;
    }

    private static PublishedModel Look(string path)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        try
        {
            using var file = File.OpenRead(path);
            var head = new byte[(int)Math.Min(file.Length, ModelFile.HeadBytes)];
            file.ReadExactly(head);
            return ModelListing.Of(id, head, file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(id, 0, null, e.Message);
        }
    }

    private static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private string PathOf(string id) => ModelRules.IsId(id)
        ? Path.Combine(Location, id + ModelFile.Extension)
        : throw new ModelMissingException(id, Location);

    private async Task<FileStream> LockAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Location);
        for (var i = 1; ; i++)
        {
            try
            {
                return new FileStream(Path.Combine(Location, "lock"), FileMode.OpenOrCreate,
                    FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (i == LockTries)
            {
                throw new IOException($"Another process keeps changing the models in {Location}, " +
                    $"or the folder cannot be written to ({e.Message}).", e);
            }
            catch (IOException)
            {
                await Task.Delay(LockPause, _time, ct);
            }
        }
    }
}
