using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Models.Registry;

/// <summary>
/// A model as a file (<see cref="ModelFileLayout"/> tells its bytes). It is written once, under
/// another name first, and never changed.
/// </summary>
public static class ModelFile
{
    /// <summary>How the files' names end.</summary>
    public const string Extension = ".model";

    /// <summary>More than header, table and manifest of a model take.</summary>
    internal const int HeadBytes = 256 * 1024;

    /// <summary>Writes a model: durable, and whole or not at all.</summary>
    /// <param name="path">Replaced where it is there.</param>
    /// <param name="model">What <see cref="ModelRules"/> has nothing against.</param>
    /// <param name="more">Further sections, which older readers pass over.</param>
    /// <exception cref="ArgumentException">The model breaks a rule; the message says which.
    /// </exception>
    /// <exception cref="IOException">The disk fails; what was under the name is still.</exception>
    public static void Write(
        string path, RecommendationModel model, IReadOnlyList<ModelSection>? more = null)
    {
        if (ModelRules.Check(model) is { } fault)
            throw new ArgumentException($"{fault.Section}: {fault.Problem}.", nameof(model));
        var full = Path.GetFullPath(path);
        var unfinished = full + ".new";
        using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            Write(output, [.. Sections(model), .. more ?? []]);
            output.Flush(flushToDisk: true);
        }
        File.Move(unfinished, full, overwrite: true);
        DiskDirectory.Sync(Path.GetDirectoryName(full)!);
    }

    /// <summary>
    /// Maps a model and checks all of it: every checksum, that every number is finite, and that
    /// all parts belong together.
    /// </summary>
    /// <exception cref="ModelFileException">It cannot be used; says why and what to do.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static OpenedModel Open(string path)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Models are mapped as they were written.");
        if (new FileInfo(path) is { Exists: true, Length: < ModelFileLayout.HeaderBytes } file)
            throw new ModelFileException($"{path} has {file.Length} bytes: it is no model file, " +
                "or cut short. Fetch or publish it again.");
        var mapped = new MappedFile(path);
        try
        {
            return new OpenedModel(path, mapped);
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the manifest alone, from the file's first bytes; says nothing of the other sections.
    /// </summary>
    /// <param name="name">What a message calls the file.</param>
    /// <param name="head">The first <see cref="HeadBytes"/>, or all where there are fewer.</param>
    /// <param name="fileBytes">How long the file is.</param>
    /// <exception cref="ModelFileException">It is no model file that this program reads.
    /// </exception>
    internal static ModelManifest ReadManifest(
        string name, ReadOnlySpan<byte> head, long fileBytes)
    {
        var entries = ModelFileLayout.ReadTable(name, head, fileBytes);
        var entry = Array.Find(entries, entry => entry.Name == SectionNames.Manifest);
        if (entry.Name is null || entry.Start + entry.Bytes > head.Length)
            throw ModelFileLayout.Damaged(name, SectionNames.Manifest, "it is not there");
        var json = head.Slice((int)entry.Start, (int)entry.Bytes);
        if (XxHash3.HashToUInt64(json) != entry.Hash)
        {
            throw ModelFileLayout.Damaged(
                name, SectionNames.Manifest, "its checksum does not match");
        }
        return ParseManifest(name, json);
    }

    internal static ModelManifest ParseManifest(string name, ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, ModelJson.Default.ModelManifest) is { } manifest)
                return manifest;
        }
        catch (JsonException e)
        {
            throw new ModelFileException(ModelFileLayout.Damaged(
                name, SectionNames.Manifest, e.Message.TrimEnd('.')).Message, e);
        }
        throw ModelFileLayout.Damaged(name, SectionNames.Manifest, "it is empty");
    }

    private static List<ModelSection> Sections(RecommendationModel model)
    {
        var ids = model.Items.Select(Encoding.UTF8.GetBytes).ToList();
        var starts = new int[ids.Count + 1];
        for (var i = 0; i < ids.Count; i++) starts[i + 1] = checked(starts[i] + ids[i].Length);
        return
        [
            // First, so that a list of models reads only the beginning of each.
            ModelSection.Of<byte>(SectionNames.Manifest, JsonSerializer.SerializeToUtf8Bytes(
                model.Manifest, ModelJson.Default.ModelManifest)),
            ModelSection.Of<int>(SectionNames.Shape,
                new[] { model.Items.Count, model.Dimensions }),
            ModelSection.Of<double>(SectionNames.FoldIn, FoldInNumbers.Of(model.FoldIn)),
            ModelSection.Of<int>(SectionNames.ItemStarts, starts),
            ModelSection.Of<byte>(SectionNames.ItemIds, ids.SelectMany(id => id).ToArray()),
            ModelSection.Of(SectionNames.ItemFactors, model.ItemFactors),
            ModelSection.Of(SectionNames.UserGramian, model.UserGramian),
            ModelSection.Of(SectionNames.NeighbourStarts, model.Neighbours.Starts),
            ModelSection.Of(SectionNames.NeighbourItems, model.Neighbours.Items),
            ModelSection.Of(SectionNames.NeighbourWeights, model.Neighbours.Weights),
            ModelSection.Of(SectionNames.Popularity, model.Popularity),
        ];
    }

    private static void Write(Stream output, List<ModelSection> sections)
    {
        if (sections.Count > ModelFileLayout.SectionLimit
            || sections.DistinctBy(section => section.Name).Count() < sections.Count)
        {
            throw new ArgumentException($"At most {ModelFileLayout.SectionLimit} sections, each " +
                "with a name of its own.");
        }
        var entries = new List<SectionEntry>(sections.Count);
        var at = (long)ModelFileLayout.HeaderBytes + (sections.Count * ModelFileLayout.EntryBytes);
        foreach (var section in sections)
        {
            at = ModelFileLayout.Aligned(at);
            var bytes = section.Bytes;
            entries.Add(new(section.Name, at, bytes.Length, XxHash3.HashToUInt64(bytes)));
            at += bytes.Length;
        }
        var table = ModelFileLayout.Table(entries);
        output.Write(ModelFileLayout.Header(table, at));
        output.Write(table);
        Span<byte> zeros = stackalloc byte[ModelFileLayout.Alignment];
        zeros.Clear();
        for (var i = 0; i < entries.Count; i++)
        {
            output.Write(zeros[..(int)(entries[i].Start - output.Position)]);
            output.Write(sections[i].Bytes);
        }
    }
}

/// <summary>The sections that every model has.</summary>
internal static class SectionNames
{
    public const string Manifest = "manifest";
    public const string Shape = "shape";
    public const string FoldIn = "fold-in";
    public const string ItemStarts = "item-starts";
    public const string ItemIds = "item-ids";
    public const string ItemFactors = "item-factors";
    public const string UserGramian = "user-gramian";
    public const string NeighbourStarts = "neighbour-starts";
    public const string NeighbourItems = "neighbour-items";
    public const string NeighbourWeights = "neighbour-weights";
    public const string Popularity = "popularity";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ModelJson : JsonSerializerContext;
