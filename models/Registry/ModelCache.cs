namespace StreamCommerce.Models.Registry;

/// <summary>
/// Copies of a registry's models in a folder of one's own, where nobody else changes them while
/// they are mapped, and from which the last ones open without the network. One caller at a time.
/// </summary>
/// <param name="registry">Where the models come from.</param>
/// <param name="directory">The folder; nobody else writes there.</param>
public sealed class ModelCache(IModelRegistry registry, string directory)
{
    public IModelRegistry Registry { get; } = registry;

    /// <summary>Opens a model: the copy where there is a sound one, else a new copy.</summary>
    /// <exception cref="ModelFileException">The registry's file cannot be used.</exception>
    /// <exception cref="ModelMissingException">It has no such model.</exception>
    /// <exception cref="IOException">The registry or the disk fails.</exception>
    public async Task<OpenedModel> OpenAsync(string id, CancellationToken ct)
    {
        if (!ModelRules.IsId(id)) throw new ModelMissingException(id, Registry.Location);
        var path = Path.Combine(directory, id + ModelFile.Extension);
        if (File.Exists(path))
        {
            try
            {
                return Open(path, id);
            }
            catch (ModelFileException)
            {
                // A crash while it was copied, or an older program's format: fetched anew.
            }
        }
        Directory.CreateDirectory(directory);
        var unfinished = path + ".new";
        await Registry.FetchAsync(id, unfinished, ct);
        // Checked under its last name. One that a crash leaves unchecked is checked when it is
        // opened next.
        File.Move(unfinished, path, overwrite: true);
        try
        {
            return Open(path, id);
        }
        catch (ModelFileException e)
        {
            File.Delete(path);
            throw new ModelFileException($"Model {id} from {Registry.Location} cannot be used. " +
                e.Message, e);
        }
    }

    /// <summary>Removes all copies but the named ones.</summary>
    /// <exception cref="IOException">One cannot be removed; the next call tries again.</exception>
    public void KeepOnly(IReadOnlyCollection<string> ids)
    {
        if (!Directory.Exists(directory)) return;
        foreach (var path in Directory.EnumerateFiles(directory))
            if (!ids.Contains(Path.GetFileNameWithoutExtension(path))) File.Delete(path);
    }

    private static OpenedModel Open(string path, string id)
    {
        var opened = ModelFile.Open(path);
        if (opened.Model.Manifest.Id == id) return opened;
        var other = opened.Model.Manifest.Id;
        opened.Dispose();
        throw new ModelFileException($"{path} holds the model {other}: the file was renamed. " +
            "Publish it again.");
    }
}
