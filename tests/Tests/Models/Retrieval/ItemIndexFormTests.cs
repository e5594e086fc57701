using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;
using Xunit;

namespace StreamCommerce.Tests.Models.Retrieval;

public sealed class ItemIndexFormTests
{
    private const int Dimensions = 6;

    private readonly ItemFactors _factors = new(
        RandomFactors.Clustered(new Random(1), 500, Dimensions, 7), Dimensions);

    [Fact]
    public void An_index_comes_back_from_its_form()
    {
        var random = new Random(2);
        float[] queries = [.. Enumerable.Range(0, 50)
            .SelectMany(_ => RandomFactors.Query(random, _factors))];
        var index = ItemIndexBuilder.Build(_factors, queries, new ItemIndexOptions());

        var restored = ItemIndexForm.Of(index).ToIndex(_factors);

        Assert.Equal(index.Width, restored.Width);
        foreach (var query in queries.Chunk(Dimensions))
            Assert.Equal(Search(index, query), Search(restored, query));
    }

    [Fact]
    public void A_form_of_other_factors_is_refused()
    {
        var form = FormOf(_factors);

        Refused(form, new ItemFactors(new float[499 * Dimensions], Dimensions));
        Refused(form, new ItemFactors(new float[501 * Dimensions], Dimensions));
        Refused(form, new ItemFactors(new float[500 * 20], 20));
    }

    [Fact]
    public void A_damaged_form_is_refused()
    {
        var form = FormOf(_factors);
        var items = form.Items.ToArray();
        items[0] = items[1];
        var starts = form.CellStarts.ToArray();
        starts[1] = starts[^1] + 1;
        var bounds = form.Bounds.ToArray();
        bounds[3] = float.NaN;

        Refused(form with { Items = items }, _factors);
        Refused(form with { CellStarts = starts }, _factors);
        Refused(form with { CellStarts = default }, _factors);
        Refused(form with { Bounds = bounds }, _factors);
        Refused(form with { Bounds = form.Bounds[1..] }, _factors);
        Refused(form with { Codes = form.Codes[1..] }, _factors);
        Refused(form with { Directions = form.Directions[Dimensions..] }, _factors);
        Refused(form with { Width = float.NaN }, _factors);
    }

    private static void Refused(ItemIndexForm form, ItemFactors factors) =>
        Assert.Throws<ArgumentException>(() => form.ToIndex(factors));

    private static ItemIndexForm FormOf(ItemFactors factors) =>
        ItemIndexForm.Of(ItemIndexBuilder.Build(factors, default, new ItemIndexOptions()));

    private static RankedItem[] Search(ItemIndex index, float[] query)
    {
        var top = new RankedItem[20];
        return top[..index.Search(query, top)];
    }
}
