using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;

namespace StreamCommerce.Models.Registry;

/// <summary>
/// A model whose numbers lie in a mapped file, and the owner of that mapping. Whoever disposes of
/// it sees to it that nobody reads the model any more (see <see cref="MappedFile"/>).
/// </summary>
public sealed class OpenedModel : IDisposable
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, SectionEntry> _sections;

    internal OpenedModel(string path, MappedFile file)
    {
        (FilePath, _file) = (path, file);
        _sections = ReadSections();
        Model = ReadModel();
        if (ModelRules.Check(Model) is { } fault)
            throw ModelFileLayout.Damaged(path, fault.Section, fault.Problem);
    }

    public string FilePath { get; }

    public RecommendationModel Model { get; }

    /// <summary>The names of all sections, also of those that this program does not know.</summary>
    public IEnumerable<string> SectionNamesInFile => _sections.Keys;

    /// <summary>A further section's numbers, in the mapped file.</summary>
    /// <returns>False where the model has no such section.</returns>
    /// <exception cref="ModelFileException">It is not a whole number of those numbers.</exception>
    public bool TryGetSection<T>(string name, out ReadOnlyMemory<T> numbers)
        where T : unmanaged
    {
        numbers = default;
        if (!_sections.ContainsKey(name)) return false;
        numbers = Section<T>(name);
        return true;
    }

    public void Dispose() => _file.Dispose();

    private Dictionary<string, SectionEntry> ReadSections()
    {
        var start = _file.Numbers<byte>(0, Math.Min(_file.Bytes, ModelFile.HeadBytes)).Span;
        var sections = new Dictionary<string, SectionEntry>(StringComparer.Ordinal);
        foreach (var entry in ModelFileLayout.ReadTable(FilePath, start, _file.Bytes))
        {
            var bytes = _file.Numbers<byte>(entry.Start, entry.Bytes).Span;
            if (XxHash3.HashToUInt64(bytes) != entry.Hash)
            {
                throw ModelFileLayout.Damaged(
                    FilePath, entry.Name, "its checksum does not match");
            }
            if (!sections.TryAdd(entry.Name, entry))
                throw ModelFileLayout.Damaged(FilePath, entry.Name, "it is there twice");
        }
        return sections;
    }

    private RecommendationModel ReadModel()
    {
        var manifest = ModelFile.ParseManifest(
            FilePath, Section<byte>(SectionNames.Manifest).Span);
        var shape = Section<int>(SectionNames.Shape).Span;
        if (shape.Length < 2 || shape[0] < 0)
            throw ModelFileLayout.Damaged(FilePath, SectionNames.Shape, "it is too short");
        return new RecommendationModel
        {
            Manifest = manifest,
            Items = ReadItems(shape[0]),
            Dimensions = shape[1],
            ItemFactors = Section<float>(SectionNames.ItemFactors),
            UserGramian = Section<float>(SectionNames.UserGramian),
            FoldIn = FoldInNumbers.Read(Section<double>(SectionNames.FoldIn).Span)
                ?? throw ModelFileLayout.Damaged(
                    FilePath, SectionNames.FoldIn, "it is too short"),
            Neighbours = new(
                Section<int>(SectionNames.NeighbourStarts),
                Section<int>(SectionNames.NeighbourItems),
                Section<float>(SectionNames.NeighbourWeights)),
            Popularity = Section<float>(SectionNames.Popularity),
        };
    }

    // Copied: ids outlive a model in what was answered from it.
    private string[] ReadItems(int count)
    {
        var starts = Section<int>(SectionNames.ItemStarts).Span;
        var texts = Section<byte>(SectionNames.ItemIds).Span;
        if (starts.Length != count + 1L || starts[0] != 0 || starts[^1] != texts.Length)
        {
            throw ModelFileLayout.Damaged(
                FilePath, SectionNames.ItemStarts, "they do not span the ids");
        }
        var items = new string[count];
        for (var i = 0; i < count; i++)
        {
            if (starts[i + 1] < starts[i] || starts[i + 1] > texts.Length)
                throw ModelFileLayout.Damaged(FilePath, SectionNames.ItemStarts, "they fall");
            items[i] = Encoding.UTF8.GetString(texts[starts[i]..starts[i + 1]]);
        }
        return items;
    }

    private ReadOnlyMemory<T> Section<T>(string name)
        where T : unmanaged
    {
        if (!_sections.TryGetValue(name, out var entry))
            throw ModelFileLayout.Damaged(FilePath, name, "it is not there");
        if (entry.Bytes % Unsafe.SizeOf<T>() != 0)
        {
            throw ModelFileLayout.Damaged(
                FilePath, name, $"its {entry.Bytes} bytes are no whole numbers");
        }
        return _file.Numbers<T>(entry.Start, entry.Bytes);
    }
}
