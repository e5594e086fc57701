using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Models.Registry;

/// <summary>A pointer as the file <c>current.json</c>, which people may read.</summary>
internal static class PointerJson
{
    public const string FileName = "current.json";

    private const int FormatVersion = 1;

    public static byte[] Write(ModelPointer pointer) => JsonSerializer.SerializeToUtf8Bytes(
        new PointerDto
        {
            FormatVersion = FormatVersion,
            Revision = pointer.Revision,
            ModelId = pointer.ModelId,
            History = [.. pointer.History],
        },
        PointerJsonContext.Default.PointerDto);

    /// <exception cref="ModelFileException">These bytes are no pointer, or of a later version.
    /// </exception>
    public static ModelPointer Read(ReadOnlySpan<byte> json, string name)
    {
        PointerDto? dto;
        try
        {
            dto = JsonSerializer.Deserialize(json, PointerJsonContext.Default.PointerDto);
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{name} is not what was written: {e.Message} Promote a " +
                "model again after removing it.", e);
        }
        if (dto is { FormatVersion: > FormatVersion })
        {
            throw new ModelFileException($"{name} has format version {dto.FormatVersion}, this " +
                $"program reads {FormatVersion}. Use the program that wrote it.");
        }
        if (dto is null or { Revision: < 1 } or { History.Length: 0 }
            || dto.History.Any(change => change.ModelId is null || !ModelRules.IsId(change.ModelId))
            || dto.History[^1].ModelId != dto.ModelId)
        {
            throw new ModelFileException($"{name} is not what was written. Promote a model again " +
                "after removing it.");
        }
        return new ModelPointer(dto.Revision, dto.History);
    }
}

/// <summary>The pointer's wire form.</summary>
internal sealed class PointerDto
{
    public required int FormatVersion { get; init; }

    public required long Revision { get; init; }

    /// <summary>The current model once more, for people's eyes.</summary>
    public required string? ModelId { get; init; }

    public required Promotion[] History { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(PointerDto))]
internal sealed partial class PointerJsonContext : JsonSerializerContext;
