namespace StreamCommerce.Models.Registry;

/// <summary>
/// Where trained models are published, and which of them is current.
/// </summary>
/// <remarks>
/// The contract, which one suite checks against every adapter:
/// <list type="bullet">
/// <item><b>Published models do not change.</b> <see cref="IModelFiles.PublishAsync"/> checks the
/// whole file first. It is there afterwards, durable, or not at all. The same file again is no
/// error; another file under the same id throws <see cref="ModelConflictException"/>.</item>
/// <item><b>The pointer changes whole, and after what was seen.</b>
/// <see cref="TryReplacePointerAsync"/> puts the new pointer in place of the one that was seen, or
/// answers false where another change came first. Among racing changes exactly one wins. After a
/// crash the pointer is the old or the new one.</item>
/// <item><b>A pointer points at what is there</b>: the model of the new pointer is published, else
/// <see cref="ModelMissingException"/>. Nothing removes models.</item>
/// <item><b>A fetched file is a copy</b> that nobody else changes: it may be mapped as long as it
/// is wanted. It is not checked: <see cref="ModelFile.Open"/> does.</item>
/// <item><b>A list tells of every model</b>, also of one whose file is damaged at its beginning:
/// with the fault instead of the manifest.</item>
/// <item><b>Faults of the world</b> (disk, network) are <see cref="IOException"/>; nothing has
/// happened then, or a publication has, which can be repeated.</item>
/// </list>
/// Any thread, any number of processes.
/// </remarks>
public interface IModelRegistry : IModelFiles
{
    /// <summary>Which model is current; <see cref="ModelPointer.None"/> at first.</summary>
    /// <exception cref="ModelFileException">The pointer is damaged.</exception>
    Task<ModelPointer> ReadPointerAsync(CancellationToken ct);

    /// <summary>Replaces the pointer, if it is still the one that was seen.</summary>
    /// <returns>False where it is another one by now.</returns>
    /// <exception cref="ModelMissingException">Its model is not published.</exception>
    Task<bool> TryReplacePointerAsync(
        ModelPointer seen, ModelPointer next, CancellationToken ct);
}

/// <summary>A model in a registry.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">Its file's length.</param>
/// <param name="Manifest">What it tells of itself; null where it cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null where it can.</param>
public sealed record PublishedModel(
    string Id, long Bytes, ModelManifest? Manifest, string? Fault = null);

/// <summary>Another file has been published under the same id.</summary>
public sealed class ModelConflictException(string id, string location) : IOException(
    $"{location} has another model {id} already. Published models do not change: train anew, " +
    "which gives a new id.");

/// <summary>There is no such model in the registry.</summary>
public sealed class ModelMissingException(string id, string location, Exception? inner = null)
    : IOException($"There is no model {id} in {location}. `models list` shows which there are.",
        inner);
