using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Ingest.Log;

/// <summary>The file <c>log.json</c>: what is fixed when a log is made.</summary>
/// <param name="FormatVersion">The layout's version.</param>
/// <param name="PartitionCount">1 to 32.</param>
/// <param name="Id">Tells this log's files from another's.</param>
internal sealed record LogManifest(int FormatVersion, int PartitionCount, Guid Id)
{
    public const int CurrentVersion = 1;

    private const string FileName = "log.json";

    /// <summary>Where the checksums of this log start.</summary>
    public uint Seed => (uint)XxHash3.HashToUInt64(Id.ToByteArray());

    /// <summary>Null where there is no log yet.</summary>
    /// <exception cref="LogCorruptException">The file is not what was written.</exception>
    /// <exception cref="InvalidDataException">A later version has written it.</exception>
    public static LogManifest? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return null;
        LogManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(
                File.ReadAllBytes(path), LogManifestContext.Default.LogManifest);
        }
        catch (JsonException e)
        {
            throw new LogCorruptException($"{path} is not what was written: {e.Message}");
        }
        if (manifest is null or { PartitionCount: < 1 or > 32 } or { FormatVersion: < 1 })
            throw new LogCorruptException($"{path} is not what was written.");
        if (manifest.FormatVersion > CurrentVersion)
        {
            throw new InvalidDataException($"{path} has format version {manifest.FormatVersion}; " +
                $"this program reads up to {CurrentVersion}. Use the program that wrote it.");
        }
        return manifest;
    }

    /// <summary>Writes the file, durably and whole or not at all.</summary>
    public void Write(string directory, ILogDevice device)
    {
        var path = Path.Combine(directory, FileName);
        var unfinished = path + ".new";
        using (var file = device.Open(unfinished))
        {
            file.Truncate(0);
            file.Write(
                [JsonSerializer.SerializeToUtf8Bytes(
                    this, LogManifestContext.Default.LogManifest)],
                0);
            file.Flush();
        }
        File.Move(unfinished, path, overwrite: true);
        device.SyncDirectory(directory);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(LogManifest))]
internal sealed partial class LogManifestContext : JsonSerializerContext;
