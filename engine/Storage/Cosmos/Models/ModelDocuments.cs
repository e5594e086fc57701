using StreamCommerce.Models.Registry;

namespace StreamCommerce.Engine.Storage.Cosmos.Models;

/// <summary>A published model, the only document of its partition. It never changes.</summary>
internal sealed record ModelDocument
{
    /// <summary>What queries know entries by.</summary>
    public const string TypeName = "model";

    /// <summary>Also the partition key.</summary>
    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    public required string Model { get; init; }

    /// <summary>Of the file: its length and its SHA-256, hexadecimal.</summary>
    public required long Bytes { get; init; }

    /// <inheritdoc cref="Bytes"/>
    public required string Hash { get; init; }

    public required ModelManifest Manifest { get; init; }

    public static string IdOf(string model) => DocumentId.Join(TypeName, model);

    /// <summary>What a list tells: damage is looked for in the file, not stored here.</summary>
    /// <param name="file">What the file tells of itself; null where it is not there.</param>
    /// <param name="place">Where files are.</param>
    public PublishedModel ToPublished(PublishedModel? file, string place) => file switch
    {
        null => new(Model, Bytes, null, $"Its file is not in {place}."),
        { Fault: not null } => file,
        _ when file.Bytes != Bytes => file with
        {
            Manifest = null,
            Fault = $"Its file in {place} has {file.Bytes} bytes; {Bytes} were published.",
        },
        _ => new(Model, Bytes, Manifest),
    };
}

/// <summary>Which model is current, the only document of its partition.</summary>
internal sealed record PointerDocument
{
    /// <summary>Its id and partition key.</summary>
    public const string PointerId = "current";

    public string Id { get; init; } = PointerId;

    public string Type { get; init; } = "pointer";

    public required long Revision { get; init; }

    /// <summary>The current model once more, for people's eyes.</summary>
    public string? Model { get; init; }

    public required IReadOnlyList<Promotion> History { get; init; }

    /// <summary>Which write made it: a writer whose answer was lost knows its own by it.</summary>
    public required string Write { get; init; }

    public static PointerDocument Of(ModelPointer pointer, string write) => new()
    {
        Revision = pointer.Revision,
        Model = pointer.ModelId,
        History = pointer.History,
        Write = write,
    };

    public ModelPointer ToPointer() => new(Revision, History);
}
