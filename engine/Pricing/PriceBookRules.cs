using StreamCommerce.Engine.Storage.Files;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>The rules that a price book must keep, with every limit and its reason. Pure.</summary>
public static class PriceBookRules
{
    /// <summary>Promotions: each quote looks at every one of them.</summary>
    public const int PromotionCountLimit = 1_000;

    /// <summary>Products and categories that one promotion names.</summary>
    public const int NameCountLimit = 1_000;

    /// <summary>Taxed areas: all countries, and the regions of those that have their own.</summary>
    public const int AreaCountLimit = 2_000;

    /// <summary>Shipping methods of all places and currencies together.</summary>
    public const int MethodCountLimit = 500;

    /// <summary>Steps of a shipping method.</summary>
    public const int StepCountLimit = 100;

    /// <summary>Characters of a coupon code: a person types it.</summary>
    public const int CouponLengthLimit = 40;

    /// <summary>Units that a promotion's groups count.</summary>
    public const int GroupLimit = 1_000;

    // No tax law knows more; and a product of percent and price stays exact.
    private const int PercentDigits = 4;

    /// <summary>The first rule that the book breaks, or null where it keeps all.</summary>
    public static DocumentFault? Check(PriceBook book)
    {
        if (book.DefaultDestination is { } to && !Areas.IsCountry(to.Country))
        {
            return new("/defaultDestination/country",
                "must be two capital letters of ISO 3166-1, as DE.");
        }
        return CheckList("/promotions", book.Promotions, PromotionCountLimit, CheckPromotion)
            ?? CheckUnique("/promotions", book.Promotions, one => one.Id, "id")
            ?? CheckList("/taxes", book.Taxes, AreaCountLimit, CheckTax)
            ?? CheckUnique("/taxes", book.Taxes, one => one.Area, "area")
            ?? CheckList("/shipping", book.Shipping, MethodCountLimit, CheckMethod);
    }

    private static DocumentFault? CheckPromotion(string path, Promotion one) =>
        CheckName($"{path}/id", one.Id, EventRules.IdLengthLimit)
        ?? CheckKind(path, one)
        ?? CheckUnused(path, one)
        ?? CheckNames(path, one)
        ?? CheckMoney($"{path}/minimumSubtotal", one.MinimumSubtotal, one.Currency)
        ?? CheckLimits(path, one);

    private static DocumentFault? CheckKind(string path, Promotion one) => one.Kind switch
    {
        PromotionKind.Percentage => CheckPart($"{path}/percent", one.Percent),
        PromotionKind.AmountOffOrder or PromotionKind.AmountOffUnit => one.Amount is > 0
            ? CheckMoney($"{path}/amount", one.Amount, one.Currency)
            : new($"{path}/amount", "must be above 0 for this kind."),
        PromotionKind.BuyXGetY =>
            CheckCount($"{path}/buy", one.Buy) ?? CheckCount($"{path}/get", one.Get)
            ?? (one.Repeats is null ? null : CheckCount($"{path}/repeats", one.Repeats))
            ?? (one.Percent is null ? null : CheckPart($"{path}/percent", one.Percent)),
        PromotionKind.FreeShipping => null,
        _ => new($"{path}/kind", "is none of the kinds that there are."),
    };

    // A field that the kind does not read was meant to do something.
    private static DocumentFault? CheckUnused(string path, Promotion one)
    {
        var isGroup = one.Kind == PromotionKind.BuyXGetY;
        var (field, isSet) = one switch
        {
            { Percent: not null } when !isGroup && one.Kind != PromotionKind.Percentage =>
                ("percent", true),
            { Amount: not null } when one.Kind
                is not (PromotionKind.AmountOffOrder or PromotionKind.AmountOffUnit) =>
                ("amount", true),
            { Buy: not null } when !isGroup => ("buy", true),
            { Get: not null } when !isGroup => ("get", true),
            { Repeats: not null } when !isGroup => ("repeats", true),
            { GetSkus.Count: > 0 } when !isGroup => ("getSkus", true),
            { GetCategories.Count: > 0 } when !isGroup => ("getCategories", true),
            _ => ("", false),
        };
        return isSet ? new($"{path}/{field}", "means nothing for this kind; leave it out.") : null;
    }

    private static DocumentFault? CheckNames(string path, Promotion one) =>
        CheckTexts($"{path}/skus", one.Skus, sku => sku.Value)
        ?? CheckTexts($"{path}/categories", one.Categories, name => name)
        ?? CheckTexts($"{path}/getSkus", one.GetSkus, sku => sku.Value)
        ?? CheckTexts($"{path}/getCategories", one.GetCategories, name => name);

    private static DocumentFault? CheckLimits(string path, Promotion one)
    {
        if (one.From >= one.To) return new($"{path}/to", "must be behind from.");
        if (one.TotalUses is < 1) return new($"{path}/totalUses", "must be at least 1.");
        if (one.UsesPerCustomer is < 1)
            return new($"{path}/usesPerCustomer", "must be at least 1.");
        if (one.Coupon is null)
        {
            // Orders without coupons read no counts, which keeps them quick.
            return one.TotalUses is null && one.UsesPerCustomer is null
                ? null : new($"{path}/coupon", "is needed where uses are limited.");
        }
        return CheckName($"{path}/coupon", one.Coupon, CouponLengthLimit)
            ?? (one.Coupon.Any(char.IsWhiteSpace)
                ? new($"{path}/coupon", "must not hold spaces.") : null);
    }

    private static DocumentFault? CheckTax(string path, TaxArea one)
    {
        if (CheckArea($"{path}/area", one.Area) is { } wrong) return wrong;
        if (CheckPercent($"{path}/rate", one.Rate) is { } fault) return fault;
        foreach (var (category, rate) in one.Categories ?? new Dictionary<string, decimal>())
        {
            if (CheckPercent($"{path}/categories/{category}", rate) is { } bad) return bad;
        }
        return null;
    }

    private static DocumentFault? CheckMethod(string path, ShippingMethod one)
    {
        if (CheckName($"{path}/id", one.Id, EventRules.IdLengthLimit) is { } unnamed)
            return unnamed;
        for (var i = 0; i < one.Areas.Count; i++)
            if (CheckArea($"{path}/areas/{i}", one.Areas[i]) is { } wrong) return wrong;
        if (one.Currency == default) return new($"{path}/currency", "is needed.");
        if (!Enum.IsDefined(one.By)) return new($"{path}/by", "must be subtotal or units.");
        if (one.Steps is not { Count: > 0 and <= StepCountLimit })
            return new($"{path}/steps", $"must have 1 to {StepCountLimit} steps.");
        for (var i = 0; i < one.Steps.Count; i++)
        {
            var at = $"{path}/steps/{i}";
            if (one.Steps[i] is not { } step) return new(at, "must not be null.");
            if (step.From is < 0 or > EventRules.PriceLimit || (i > 0
                && step.From <= one.Steps[i - 1].From))
            {
                return new($"{at}/from", "must be 0 or more, and above the step before.");
            }
            if (CheckMoney($"{at}/amount", step.Amount, one.Currency) is { } fault) return fault;
        }
        return CheckMoney($"{path}/freeFrom", one.FreeFrom, one.Currency);
    }

    private static DocumentFault? CheckArea(string path, string? area) => Areas.IsArea(area)
        ? null : new(path, "must be a country of ISO 3166-1 as DE, or a region as US-CA.");

    private static DocumentFault? CheckPart(string path, decimal? percent) => percent is > 0
        ? CheckPercent(path, percent.Value)
        : new(path, "must be above 0, at most 100.");

    private static DocumentFault? CheckPercent(string path, decimal percent) =>
        percent is >= 0 and <= 100 && decimal.Round(percent, PercentDigits) == percent
            ? null : new(path, $"must be 0 to 100, with at most {PercentDigits} digits behind " +
                "the point.");

    private static DocumentFault? CheckCount(string path, int? count) =>
        count is >= 1 and <= GroupLimit ? null : new(path, $"must be 1 to {GroupLimit}.");

    private static DocumentFault? CheckMoney(string path, decimal? amount, Currency? currency)
    {
        if (amount is not { } value) return null;
        if (currency is not { } unit || unit == default)
            return new($"{path[..path.LastIndexOf('/')]}/currency", "is needed for amounts.");
        return value is >= 0 and <= EventRules.PriceLimit
            && new Money(value, unit).Round().Amount == value
            ? null : new(path, $"must be 0 to {EventRules.PriceLimit}, with at most " +
                $"{unit.MinorDigits} digits behind the point for {unit}.");
    }

    private static DocumentFault? CheckName(string path, string? text, int limit) =>
        text is { Length: > 0 } && text.Length <= limit && !text.Any(char.IsControl)
            ? null : new(path, $"must have 1 to {limit} printable characters.");

    private static DocumentFault? CheckTexts<T>(
        string path, IReadOnlyList<T> list, Func<T, string?> text)
    {
        if (list.Count > NameCountLimit)
            return new(path, $"must have at most {NameCountLimit} entries.");
        for (var i = 0; i < list.Count; i++)
        {
            if (CheckName($"{path}/{i}", text(list[i]), Catalogue.ProductRules.NameLengthLimit)
                is { } wrong)
            {
                return wrong;
            }
        }
        return null;
    }

    private static DocumentFault? CheckList<T>(
        string path, IReadOnlyList<T?> list, int limit, Func<string, T, DocumentFault?> check)
        where T : class
    {
        if (list.Count > limit) return new(path, $"must have at most {limit} entries.");
        for (var i = 0; i < list.Count; i++)
        {
            var wrong = list[i] is { } one
                ? check($"{path}/{i}", one) : new($"{path}/{i}", "must not be null.");
            if (wrong is not null) return wrong;
        }
        return null;
    }

    private static DocumentFault? CheckUnique<T>(
        string path, IReadOnlyList<T> list, Func<T, string> key, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            if (!seen.Add(key(list[i])))
                return new($"{path}/{i}/{field}", $"'{key(list[i])}' is in the list twice.");
        }
        return null;
    }
}
