using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Retrieval;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Models.Retrieval;

public sealed class ItemIndexSectionsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RecommendationModel _model = SampleModels.Of("m", items: 300, dimensions: 5);

    private string Path => _directory.In("m" + ModelFile.Extension);

    private ItemFactors Factors => new(_model.ItemFactors, _model.Dimensions);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_index_comes_back_from_its_models_file()
    {
        ModelFile.Write(Path, _model, ItemIndexSections.Of(
            ItemIndexBuilder.Build(Factors, default, new ItemIndexOptions())));
        using var opened = ModelFile.Open(Path);
        var factors = new ItemFactors(opened.Model.ItemFactors, opened.Model.Dimensions);

        Assert.True(ItemIndexSections.TryRead(opened, factors, out var index));

        var (found, best) = (new RankedItem[20], new RankedItem[20]);
        float[] query = [1, -2, 3, -4, 5];
        index.Search(query, found);
        new ExactScan(Factors).Search(query, best);
        Assert.Equal(best, found);
    }

    [Fact]
    public void A_model_without_an_index_has_none()
    {
        ModelFile.Write(Path, _model);
        using var opened = ModelFile.Open(Path);

        Assert.False(ItemIndexSections.TryRead(opened, Factors, out _));
    }

    [Fact]
    public void An_index_of_other_factors_is_refused()
    {
        var others = new ItemFactors(_model.ItemFactors[..100], _model.Dimensions);
        ModelFile.Write(Path, _model, ItemIndexSections.Of(
            ItemIndexBuilder.Build(others, default, new ItemIndexOptions())));
        using var opened = ModelFile.Open(Path);

        var fault = Assert.Throws<ModelFileException>(
            () => ItemIndexSections.TryRead(opened, Factors, out _));

        Assert.Contains(Path, fault.Message, StringComparison.Ordinal);
    }
}
