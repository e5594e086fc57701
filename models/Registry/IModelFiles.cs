namespace StreamCommerce.Models.Registry;

/// <summary>
/// The half of a registry that stores files, which may be hundreds of megabytes. What it promises
/// is a part of the contract of <see cref="IModelRegistry"/>: one that keeps its pointer elsewhere
/// leaves the files to another one's half.
/// </summary>
public interface IModelFiles
{
    /// <summary>What people call it: a folder, an address.</summary>
    string Location { get; }

    /// <summary>Every published model, by id, so the newest last.</summary>
    Task<IReadOnlyList<PublishedModel>> ListAsync(CancellationToken ct);

    /// <summary>Checks a model file and makes it known under its manifest's id.</summary>
    /// <exception cref="ModelFileException">The file cannot be used.</exception>
    /// <exception cref="ModelConflictException">Another file has its id.</exception>
    Task<ModelManifest> PublishAsync(string file, CancellationToken ct);

    /// <summary>Copies a published model into a file.</summary>
    /// <param name="id">The model.</param>
    /// <param name="file">Made, or overwritten.</param>
    /// <param name="ct">Gives up; the file may be cut short then.</param>
    /// <exception cref="ModelMissingException">There is no such model.</exception>
    Task FetchAsync(string id, string file, CancellationToken ct);
}
