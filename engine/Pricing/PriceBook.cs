using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// Promotions, tax and shipping as plain data; <see cref="PriceBookRules"/> says what is valid.
/// The empty book has no promotions, no tax, and ships for free.
/// </summary>
public sealed record PriceBook
{
    /// <summary>The book of a shop that has none.</summary>
    public static PriceBook Empty { get; } = new();

    /// <summary>Where orders are sent that do not say where; null: they have to say.</summary>
    public Destination? DefaultDestination { get; init; }

    /// <summary>In any order: <see cref="Promotion.Priority"/> and id tell which works first.
    /// </summary>
    public IReadOnlyList<Promotion> Promotions { get; init => field = value ?? []; } = [];

    /// <summary>Areas that are taxed; there is no tax elsewhere.</summary>
    public IReadOnlyList<TaxArea> Taxes { get; init => field = value ?? []; } = [];

    /// <summary>
    /// How orders are sent: where the buyer does not choose, by the first that goes there. With
    /// none at all shipping is free.
    /// </summary>
    public IReadOnlyList<ShippingMethod> Shipping { get; init => field = value ?? []; } = [];

    /// <summary>63 bits of its content; 0 for the empty book.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>Whether there is anything in it that a price depends on.</summary>
    [JsonIgnore]
    public bool IsEmpty => Promotions.Count == 0 && Taxes.Count == 0 && Shipping.Count == 0;
}

/// <summary>What a promotion does. The names are written in price books.</summary>
[JsonConverter(typeof(PromotionKindConverter))]
public enum PromotionKind
{
    /// <summary>A part of the matching lines' price.</summary>
    Percentage,

    /// <summary>An amount off all matching lines together.</summary>
    AmountOffOrder,

    /// <summary>An amount off each matching unit.</summary>
    AmountOffUnit,

    /// <summary>So many units at the full price make so many others cheaper.</summary>
    BuyXGetY,

    /// <summary>The shipping, whatever its method.</summary>
    FreeShipping,
}

/// <summary>A promotion: what it does, on which lines, when, and how often.</summary>
public sealed record Promotion
{
    /// <summary>Unique in the book. Uses are counted by it, so it is not given anew.</summary>
    [JsonRequired]
    public required string Id { get; init; }

    [JsonRequired]
    public required PromotionKind Kind { get; init; }

    /// <summary>
    /// Percent, above 0 to 100: of the price (<see cref="PromotionKind.Percentage"/>), or off the
    /// cheaper units (<see cref="PromotionKind.BuyXGetY"/>, where null means 100).
    /// </summary>
    public decimal? Percent { get; init; }

    /// <summary>Of the amount kinds, in <see cref="Currency"/>.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Units to buy at the full price, of <see cref="PromotionKind.BuyXGetY"/>.</summary>
    public int? Buy { get; init; }

    /// <summary>Units that become cheaper for each <see cref="Buy"/>.</summary>
    public int? Get { get; init; }

    /// <summary>How often at most, within one order; null: as often as it fits.</summary>
    public int? Repeats { get; init; }

    /// <summary>The products that become cheaper; empty with the next: those that are bought.
    /// </summary>
    public IReadOnlyList<Sku> GetSkus { get; init => field = value ?? []; } = [];

    /// <summary>The categories that become cheaper. What matches as bought is never given.
    /// </summary>
    public IReadOnlyList<string> GetCategories { get; init => field = value ?? []; } = [];

    /// <summary>Products that match; with no products and no categories, all do.</summary>
    public IReadOnlyList<Sku> Skus { get; init => field = value ?? []; } = [];

    /// <summary>Categories that match.</summary>
    public IReadOnlyList<string> Categories { get; init => field = value ?? []; } = [];

    /// <summary>
    /// What the matching lines must come to before any discount, so that no promotion can push
    /// another one out. In <see cref="Currency"/>.
    /// </summary>
    public decimal? MinimumSubtotal { get; init; }

    /// <summary>Of its amounts: needed where it has any, and then only for orders in it.</summary>
    public Currency? Currency { get; init; }

    /// <summary>The first moment that it is valid; null: always was.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that it is not valid any more; null: never ends.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The code that a buyer needs, in any case; null: needs none.</summary>
    public string? Coupon { get; init; }

    /// <summary>Whether it works alone, and then only where that is the best for the buyer.
    /// </summary>
    public bool Exclusive { get; init; }

    /// <summary>Higher ones work first, on the full price.</summary>
    public int Priority { get; init; }

    /// <summary>Orders that may use it; null: no limit. Needs a coupon.</summary>
    public long? TotalUses { get; init; }

    /// <summary>Orders of one customer that may use it; null: no limit. Needs a coupon.</summary>
    public long? UsesPerCustomer { get; init; }
}

/// <summary>The tax of an area.</summary>
public sealed record TaxArea
{
    /// <summary>A country as <c>US</c>, or a region of it as <c>US-CA</c>, which goes first.
    /// </summary>
    [JsonRequired]
    public required string Area { get; init; }

    /// <summary>Percent, 0 to 100.</summary>
    [JsonRequired]
    public required decimal Rate { get; init; }

    /// <summary>
    /// Percent by category, instead of <see cref="Rate"/>; the lowest where a product has more.
    /// </summary>
    public IReadOnlyDictionary<string, decimal>? Categories { get; init; }

    /// <summary>Whether prices (and shipping's) include the tax.</summary>
    public bool Included { get; init; }

    /// <summary>Whether shipping is taxed, at <see cref="Rate"/>.</summary>
    public bool ShippingTaxed { get; init; }
}

/// <summary>What a shipping method's steps count.</summary>
[JsonConverter(typeof(ShippingMeasureConverter))]
public enum ShippingMeasure
{
    /// <summary>The lines' price before discounts.</summary>
    Subtotal,

    /// <summary>Units of all lines.</summary>
    Units,
}

/// <summary>A way to send orders, with its prices.</summary>
public sealed record ShippingMethod
{
    /// <summary>Unique among those that go to one place in one currency.</summary>
    [JsonRequired]
    public required string Id { get; init; }

    /// <summary>Countries as <c>DE</c> and regions as <c>US-CA</c>; empty: everywhere.</summary>
    public IReadOnlyList<string> Areas { get; init => field = value ?? []; } = [];

    /// <summary>Of its amounts, and of the orders that it is for.</summary>
    [JsonRequired]
    public required Currency Currency { get; init; }

    /// <summary>What <see cref="ShippingStep.From"/> counts.</summary>
    public ShippingMeasure By { get; init; }

    /// <summary>Its prices, from the lowest step up; below the first it is not offered.</summary>
    [JsonRequired]
    public required IReadOnlyList<ShippingStep> Steps { get; init; }

    /// <summary>
    /// It is free from this subtotal on, counted before discounts: a coupon must not make
    /// shipping cost something.
    /// </summary>
    public decimal? FreeFrom { get; init; }
}

/// <summary>A price of a shipping method.</summary>
/// <param name="From">From this subtotal, or from so many units.</param>
/// <param name="Amount">What it costs.</param>
public sealed record ShippingStep(decimal From, decimal Amount);

/// <summary>Writes a kind in camel case, never as a number.</summary>
public sealed class PromotionKindConverter() : JsonStringEnumConverter<PromotionKind>(
    System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Writes a measure in camel case, never as a number.</summary>
public sealed class ShippingMeasureConverter() : JsonStringEnumConverter<ShippingMeasure>(
    System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false);
