using System.Buffers.Binary;
using System.IO.Hashing;
using FsCheck.Xunit;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Models.Registry;

public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string PathOf(string name) => _directory.In(name + ModelFile.Extension);

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 30)]
    public void What_is_written_is_read_back_to_the_bit(int seed)
    {
        var random = new Random(seed);
        var model = SampleModels.Of("m", random.Next(0, 200), random.Next(0, 20), seed);
        var path = PathOf("any");
        ModelFile.Write(path, model);

        using var opened = ModelFile.Open(path);

        Assert.Equal(SampleModels.Text(model), SampleModels.Text(opened.Model));
    }

    [Fact]
    public void The_format_is_the_one_of_the_golden_file()
    {
        var golden = Path.Combine(
            AppContext.BaseDirectory, "Models", "Registry", "model-v1.golden.bin");
        var path = PathOf("now");
        ModelFile.Write(path, SampleModels.Of("2026-golden"),
            [ModelSection.Of<short>("retrieval.codes", new short[] { 1, -2, 3 })]);

        Assert.Equal(File.ReadAllBytes(golden), File.ReadAllBytes(path));
        using var opened = ModelFile.Open(golden);
        Assert.Equal(
            SampleModels.Text(SampleModels.Of("2026-golden")), SampleModels.Text(opened.Model));
    }

    [Fact]
    public void A_further_section_is_found_by_those_who_know_it_and_passed_over_by_others()
    {
        var path = PathOf("more");
        ModelFile.Write(path, SampleModels.Of("m"),
            [ModelSection.Of<sbyte>("retrieval.codes", new sbyte[] { 1, -2, 3 })]);

        using var opened = ModelFile.Open(path);

        Assert.True(opened.TryGetSection<sbyte>("retrieval.codes", out var codes));
        Assert.Equal([1, -2, 3], codes.ToArray());
        Assert.False(opened.TryGetSection<sbyte>("retrieval.lists", out _));
        Assert.Throws<ModelFileException>(
            () => opened.TryGetSection<int>("retrieval.codes", out _));
    }

    [Fact]
    public void Every_section_starts_at_a_multiple_of_64_bytes()
    {
        var path = PathOf("aligned");
        ModelFile.Write(path, SampleModels.Of("m"));
        var bytes = File.ReadAllBytes(path);

        var entries = ModelFileLayout.ReadTable("m", bytes, bytes.Length);

        Assert.All(entries, entry => Assert.Equal(0, entry.Start % 64));
    }

    [Property(MaxTest = 200)]
    public void Any_changed_byte_that_counts_is_found(int seed)
    {
        var random = new Random(seed);
        var path = PathOf("damaged");
        ModelFile.Write(path, SampleModels.Of("m"));
        var bytes = File.ReadAllBytes(path);
        var entries = ModelFileLayout.ReadTable("m", bytes, bytes.Length);
        var at = random.Next(bytes.Length);
        bytes[at] ^= (byte)random.Next(1, 256);
        File.WriteAllBytes(path, bytes);
        var tableEnd = ModelFileLayout.HeaderBytes
            + (entries.Length * ModelFileLayout.EntryBytes);
        var isPadding = at >= tableEnd && !entries.Any(
            entry => at >= entry.Start && at < entry.Start + entry.Bytes);

        if (isPadding)
        {
            ModelFile.Open(path).Dispose();
            return;
        }
        var fault = Assert.Throws<ModelFileException>(() => ModelFile.Open(path));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 50)]
    public void A_file_that_is_cut_short_anywhere_is_refused(int seed)
    {
        var path = PathOf("short");
        ModelFile.Write(path, SampleModels.Of("m"));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..new Random(seed).Next(bytes.Length)]);

        Assert.Throws<ModelFileException>(() => ModelFile.Open(path));
    }

    [Fact]
    public void A_damaged_section_is_named()
    {
        var path = PathOf("damaged");
        ModelFile.Write(path, SampleModels.Of("m"));
        var bytes = File.ReadAllBytes(path);
        var factors = ModelFileLayout.ReadTable("m", bytes, bytes.Length)
            .Single(entry => entry.Name == "item-factors");
        bytes[factors.Start] ^= 1;
        File.WriteAllBytes(path, bytes);

        var fault = Assert.Throws<ModelFileException>(() => ModelFile.Open(path));

        Assert.Equal($"{path}, section item-factors: its checksum does not match. The file is " +
            "damaged: fetch or publish it again, or train anew.", fault.Message);
    }

    [Theory]
    [InlineData(0, "An older program has written it: train anew with this one.")]
    [InlineData(2, "A newer program has written it: use that one, or train anew with this one.")]
    public void Another_format_version_is_refused_with_what_to_do(uint version, string advice)
    {
        var path = PathOf("other");
        ModelFile.Write(path, SampleModels.Of("m"));
        var bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), version);
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes.AsSpan(56), XxHash3.HashToUInt64(bytes.AsSpan(0, 56)));
        File.WriteAllBytes(path, bytes);

        var fault = Assert.Throws<ModelFileException>(() => ModelFile.Open(path));

        Assert.Equal($"{path} has format version {version}, this program reads 1. {advice}",
            fault.Message);
    }

    [Fact]
    public void A_text_file_is_no_model()
    {
        var path = PathOf("text");
        File.WriteAllText(path, new string('x', 1_000));

        var fault = Assert.Throws<ModelFileException>(() => ModelFile.Open(path));

        Assert.Contains("is no model file", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void No_model_with_a_number_that_is_not_finite_is_written(float number)
    {
        var model = SampleModels.Of("m");
        var factors = model.ItemFactors.ToArray();
        factors[4] = number;
        var odd = new RecommendationModel
        {
            Manifest = model.Manifest,
            Items = model.Items,
            Dimensions = model.Dimensions,
            ItemFactors = factors,
            UserGramian = model.UserGramian,
            FoldIn = model.FoldIn,
            Neighbours = model.Neighbours,
            Popularity = model.Popularity,
        };

        var fault = Assert.Throws<ArgumentException>(() => ModelFile.Write(PathOf("odd"), odd));

        Assert.Contains("item-factors", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("odd")));
    }

    [Fact]
    public void A_model_that_is_closed_gives_no_numbers()
    {
        var path = PathOf("closed");
        ModelFile.Write(path, SampleModels.Of("m"));
        var opened = ModelFile.Open(path);
        var model = opened.Model;
        opened.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.ItemFactors.Span[0]);
    }
}
