using System.Diagnostics.CodeAnalysis;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Retrieval;

/// <summary>An index in a model's file, beside the factors that it was built of, so that a service
/// that takes up the model need not build it.</summary>
public static class ItemIndexSections
{
    private const string Directions = "retrieval.directions";
    private const string CellStarts = "retrieval.cell-starts";
    private const string Items = "retrieval.items";
    private const string Codes = "retrieval.codes";
    private const string Bounds = "retrieval.bounds";
    private const string Width = "retrieval.width";

    /// <summary>The sections to write with the model.</summary>
    public static IReadOnlyList<ModelSection> Of(ItemIndex index)
    {
        var form = ItemIndexForm.Of(index);
        return
        [
            ModelSection.Of(Directions, form.Directions),
            ModelSection.Of(CellStarts, form.CellStarts),
            ModelSection.Of(Items, form.Items),
            ModelSection.Of(Codes, form.Codes),
            ModelSection.Of(Bounds, form.Bounds),
            ModelSection.Of<float>(Width, new[] { form.Width }),
        ];
    }

    /// <summary>The index of a model's file. It lives as long as the opened model does.</summary>
    /// <param name="opened">The model.</param>
    /// <param name="factors">Of the same model.</param>
    /// <param name="index">Null where the file has none.</param>
    /// <exception cref="ModelFileException">The index is none of these factors.</exception>
    public static bool TryRead(
        OpenedModel opened, ItemFactors factors, [NotNullWhen(true)] out ItemIndex? index)
    {
        index = null;
        if (!opened.TryGetSection<float>(Directions, out var directions)
            || !opened.TryGetSection<int>(CellStarts, out var cellStarts)
            || !opened.TryGetSection<int>(Items, out var items)
            || !opened.TryGetSection<byte>(Codes, out var codes)
            || !opened.TryGetSection<float>(Bounds, out var bounds)
            || !opened.TryGetSection<float>(Width, out var width) || width.Length != 1)
            return false;
        try
        {
            index = new ItemIndexForm(
                directions, cellStarts, items, codes, bounds, width.Span[0]).ToIndex(factors);
            return true;
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException($"{opened.FilePath}: {e.Message}", e);
        }
    }
}
