using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Storage.Files;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Merchandising;

/// <summary>The rules that a plan must keep, with every limit and its reason. Pure.</summary>
public static class MerchandisingRules
{
    /// <summary>Boosts, and hidings: a person keeps an eye on them.</summary>
    public const int RuleCountLimit = 1_000;

    /// <summary>Pins: each request looks at every one of them.</summary>
    public const int PinCountLimit = 1_000;

    /// <summary>Products, categories or brands that one rule names.</summary>
    public const int NameCountLimit = 10_000;

    /// <summary>The last place that a product is pinned to: the longest list there is.</summary>
    public const int PositionLimit = 50;

    /// <summary>Characters of a placement's name.</summary>
    public const int PlacementLengthLimit = 40;

    /// <summary>Beyond a hundred times, whatever is boosted is all that is shown.</summary>
    public const double FactorMaximum = 100;

    /// <summary>As far below 1 as the maximum is above.</summary>
    public const double FactorMinimum = 0.01;

    /// <summary>The first rule that the plan breaks, or null where it keeps all.</summary>
    public static DocumentFault? Check(MerchandisingPlan plan) =>
        CheckList("/boosts", plan.Boosts, RuleCountLimit, CheckBoost)
        ?? CheckList("/pins", plan.Pins, PinCountLimit, CheckPin)
        ?? CheckList("/hidden", plan.Hidden, RuleCountLimit, CheckProducts);

    private static DocumentFault? CheckBoost(string path, Boost one) =>
        one.Factor is >= FactorMinimum and <= FactorMaximum
            ? CheckProducts(path, one)
            : new($"{path}/factor", $"must be {FactorMinimum} to {FactorMaximum}; 2 doubles a " +
                "score, 0.5 halves it. To show a product nowhere, name it under hidden.");

    private static DocumentFault? CheckPin(string path, Pin one)
    {
        if (CheckName($"{path}/sku", one.Sku.Value, EventRules.IdLengthLimit) is { } unnamed)
            return unnamed;
        if (one.Position is < 1 or > PositionLimit)
            return new($"{path}/position", $"must be 1 to {PositionLimit}; 1 is the first place.");
        if (one.Placement is { } placement && !IsPlacement(placement))
        {
            return new($"{path}/placement", $"must have 1 to {PlacementLengthLimit} small " +
                "letters, digits or hyphens, as recommendations; leave it out for every list.");
        }
        return (one.Category is null ? null
                : CheckName($"{path}/category", one.Category, ProductRules.NameLengthLimit))
            ?? (one.Product is not { } page ? null
                : CheckName($"{path}/product", page.Value, EventRules.IdLengthLimit))
            ?? CheckTimes(path, one);
    }

    private static DocumentFault? CheckProducts(string path, ProductRule one)
    {
        if (one.Skus.Count + one.Categories.Count + one.Brands.Count == 0)
            return new(path, "names no product: give skus, categories or brands.");
        return CheckNames($"{path}/skus", one.Skus, sku => sku.Value, EventRules.IdLengthLimit)
            ?? CheckNames($"{path}/categories", one.Categories, name => name,
                ProductRules.NameLengthLimit)
            ?? CheckNames($"{path}/brands", one.Brands, name => name,
                ProductRules.NameLengthLimit)
            ?? CheckTimes(path, one);
    }

    private static DocumentFault? CheckTimes(string path, TimedRule one) =>
        one.From >= one.To ? new($"{path}/to", "must be behind from.") : null;

    private static DocumentFault? CheckNames<T>(
        string path, IReadOnlyList<T> names, Func<T, string?> text, int lengthLimit) =>
        CheckList(path, names, NameCountLimit,
            (at, name) => CheckName(at, text(name), lengthLimit));

    private static DocumentFault? CheckName(string path, string? text, int limit) =>
        text is { Length: > 0 } && text.Length <= limit && !text.Any(char.IsControl)
            ? null : new(path, $"must have 1 to {limit} printable characters.");

    private static bool IsPlacement(string text) =>
        text.Length is > 0 and <= PlacementLengthLimit
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static DocumentFault? CheckList<T>(
        string path, IReadOnlyList<T> list, int limit, Func<string, T, DocumentFault?> check)
    {
        if (list.Count > limit) return new(path, $"must have at most {limit}, not {list.Count}.");
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not { } one) return new($"{path}/{i}", "must not be null.");
            if (check($"{path}/{i}", one) is { } fault) return fault;
        }
        return null;
    }
}
