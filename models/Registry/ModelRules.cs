using System.Numerics.Tensors;

namespace StreamCommerce.Models.Registry;

/// <summary>What is wrong with a model.</summary>
/// <param name="Section">The part that is at fault, as a model file names it.</param>
/// <param name="Problem">What is wrong there, without a full stop.</param>
internal sealed record ModelFault(string Section, string Problem);

/// <summary>
/// What every model keeps, checked before one is written and when one is opened: no number is
/// infinite or not a number, and all parts are about the same items.
/// </summary>
internal static class ModelRules
{
    /// <summary>Null, or the first fault.</summary>
    public static ModelFault? Check(RecommendationModel model) =>
        CheckManifest(model.Manifest) ?? CheckItems(model) ?? CheckFactors(model)
        ?? CheckNeighbours(model)
        ?? (FoldInNumbers.Check(model.FoldIn) is { } problem
            ? new(SectionNames.FoldIn, problem) : null);

    private static ModelFault? CheckManifest(ModelManifest manifest)
    {
        if (!IsId(manifest.Id))
        {
            return new(SectionNames.Manifest, $"'{manifest.Id}' is no id: 1 to {IdLimit} ASCII " +
                "letters, digits, '-', '_' and '.', a letter or digit first");
        }
        // A parameter may be infinite, as a half-life; what was measured may not.
        var odd = manifest.Parameters.Where(number => double.IsNaN(number.Value))
            .Concat(manifest.Metrics.Where(number => !double.IsFinite(number.Value)))
            .FirstOrDefault();
        return odd.Key is null ? null : new(SectionNames.Manifest, $"{odd.Key} is {odd.Value}");
    }

    /// <summary>Characters of a model's id, which becomes a file's name.</summary>
    public const int IdLimit = 100;

    public static bool IsId(string id) =>
        id.Length is > 0 and <= IdLimit && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static ModelFault? CheckItems(RecommendationModel model)
    {
        var count = model.Items.Count;
        if (model.Manifest.ItemCount != count)
        {
            return new(SectionNames.Manifest,
                $"it tells of {model.Manifest.ItemCount} items, there are {count}");
        }
        if (model.Items.Distinct(StringComparer.Ordinal).Count() != count)
            return new(SectionNames.ItemIds, "an id occurs twice");
        if (model.Popularity.Length != count)
            return Length(SectionNames.Popularity, model.Popularity.Length, count);
        foreach (var weight in model.Popularity.Span)
            if (!(weight >= 0 && float.IsFinite(weight)))
                return new(SectionNames.Popularity, $"{weight} is no weight");
        return null;
    }

    private static ModelFault? CheckFactors(RecommendationModel model)
    {
        var dimensions = model.Dimensions;
        if (dimensions < 0) return new(SectionNames.Shape, $"there are {dimensions} dimensions");
        if (model.ItemFactors.Length != (long)model.Items.Count * dimensions)
        {
            return Length(SectionNames.ItemFactors, model.ItemFactors.Length,
                (long)model.Items.Count * dimensions);
        }
        if (model.UserGramian.Length != 0
            && model.UserGramian.Length != (long)dimensions * dimensions)
        {
            return Length(SectionNames.UserGramian, model.UserGramian.Length,
                (long)dimensions * dimensions);
        }
        return CheckFinite(SectionNames.ItemFactors, model.ItemFactors.Span)
            ?? CheckFinite(SectionNames.UserGramian, model.UserGramian.Span);
    }

    private static ModelFault? CheckNeighbours(RecommendationModel model)
    {
        var starts = model.Neighbours.Starts.Span;
        var items = model.Neighbours.Items.Span;
        if (model.Neighbours.Weights.Length != items.Length)
        {
            return Length(
                SectionNames.NeighbourWeights, model.Neighbours.Weights.Length, items.Length);
        }
        if (starts.IsEmpty)
        {
            return items.IsEmpty
                ? null : Length(SectionNames.NeighbourStarts, 0, model.Items.Count + 1);
        }
        if (starts.Length != model.Items.Count + 1)
            return Length(SectionNames.NeighbourStarts, starts.Length, model.Items.Count + 1);
        if (starts[0] != 0 || starts[^1] != items.Length)
            return new(SectionNames.NeighbourStarts, "they do not span the neighbours");
        for (var i = 1; i < starts.Length; i++)
            if (starts[i] < starts[i - 1]) return new(SectionNames.NeighbourStarts, "they fall");
        foreach (var item in items)
            if ((uint)item >= (uint)model.Items.Count)
                return new(SectionNames.NeighbourItems, $"there is no item {item}");
        return CheckFinite(SectionNames.NeighbourWeights, model.Neighbours.Weights.Span);
    }

    private static ModelFault? CheckFinite(string section, ReadOnlySpan<float> numbers) =>
        numbers.IsEmpty || TensorPrimitives.IsFiniteAll(numbers)
            ? null : new(section, "a number is infinite or not a number");

    private static ModelFault Length(string section, long found, long expected) =>
        new(section, $"it has {found} numbers instead of {expected}");
}
