using StreamCommerce.Engine.Recommendations.Assortment;

namespace StreamCommerce.Engine.Recommendations.Merchandising;

/// <summary>A product at a fixed place.</summary>
/// <param name="Item">The product's number.</param>
/// <param name="Position">Its place, from 1.</param>
public readonly record struct PinnedItem(int Item, int Position);

/// <summary>
/// A plan as it holds at a moment, by numbers, so that ranking asks it for every candidate: what a
/// rule says of categories and brands is looked up by the labels that the shelf has for the item
/// now, so that a product that changes its category changes its rules. Immutable; any thread.
/// </summary>
public sealed class Merchandise
{
    // So far a product's boosts reach together, one way and the other: no score is lost in it.
    private const float BoostMaximum = 10_000;

    private readonly record struct Place(
        PinnedItem Pinned, string? Placement, int? Category, int? Product);

    private readonly Shelf _shelf;
    private readonly List<float> _factors = [];
    private readonly Matches _boosted = new();
    private readonly Matches _hidden = new();
    private readonly List<Place> _pins = [];

    private Merchandise(Shelf shelf) => _shelf = shelf;

    /// <summary>The first moment at which another rule begins or one ends; the maximum where none
    /// does.</summary>
    public DateTimeOffset ValidUntil { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Whether any product counts for more or less than its score.</summary>
    public bool HasBoosts => _factors.Count > 0;

    /// <summary>The rules that are valid at a moment.</summary>
    /// <param name="plan">Passes <see cref="MerchandisingRules.Check"/>.</param>
    /// <param name="shelf">Numbers products, categories and brands, also those to come.</param>
    /// <param name="now">The moment.</param>
    public static Merchandise Compile(MerchandisingPlan plan, Shelf shelf, DateTimeOffset now)
    {
        var made = new Merchandise(shelf);
        foreach (var boost in plan.Boosts)
        {
            if (!made.IsValid(boost, now)) continue;
            made._boosted.Add(boost, made._factors.Count, shelf);
            made._factors.Add((float)boost.Factor);
        }
        foreach (var hiding in plan.Hidden)
            if (made.IsValid(hiding, now)) made._hidden.Add(hiding, 0, shelf);
        foreach (var pin in plan.Pins)
            if (made.IsValid(pin, now)) made.Add(pin);
        return made;
    }

    /// <summary>Whether an item must not be shown.</summary>
    public bool IsHidden(int item)
    {
        if (_hidden.IsEmpty) return false;
        Span<ulong> found = [0];
        return _hidden.Find(item, _shelf, found);
    }

    /// <summary>What an item's score is multiplied by: above 0, 1 where no boost is about it.
    /// </summary>
    public float BoostOf(int item)
    {
        if (_boosted.IsEmpty) return 1;
        Span<ulong> found = stackalloc ulong[(_factors.Count + 63) / 64];
        found.Clear();
        if (!_boosted.Find(item, _shelf, found)) return 1;
        var boost = 1f;
        for (var rule = 0; rule < _factors.Count; rule++)
        {
            if ((found[rule / 64] >> (rule % 64) & 1) == 0) continue;
            boost = Math.Clamp(boost * _factors[rule], 1 / BoostMaximum, BoostMaximum);
        }
        return boost;
    }

    /// <summary>
    /// The pins of a list, by their places: one a place and one a product, the first of the plan
    /// where there are more. Hidden products are left out; whether one can be sold is the
    /// caller's to ask.
    /// </summary>
    /// <param name="placement">Which list.</param>
    /// <param name="category">The category that the list is of; -1 for all.</param>
    /// <param name="product">The product whose page it is on; -1 for none.</param>
    /// <param name="pins">At least <see cref="MerchandisingRules.PositionLimit"/> long.</param>
    /// <returns>How many there are.</returns>
    public int CopyPins(string placement, int category, int product, Span<PinnedItem> pins)
    {
        var count = 0;
        foreach (var pin in _pins)
        {
            if (pin.Placement is not null && pin.Placement != placement) continue;
            if (pin.Category is { } of && of != category) continue;
            if (pin.Product is { } on && on != product) continue;
            if (IsTaken(pins[..count], pin.Pinned) || IsHidden(pin.Pinned.Item)) continue;
            var at = count++;
            for (; at > 0 && pins[at - 1].Position > pin.Pinned.Position; at--)
                pins[at] = pins[at - 1];
            pins[at] = pin.Pinned;
        }
        return count;
    }

    private static bool IsTaken(ReadOnlySpan<PinnedItem> pins, PinnedItem next)
    {
        foreach (var pin in pins)
            if (pin.Item == next.Item || pin.Position == next.Position) return true;
        return false;
    }

    private bool IsValid(TimedRule rule, DateTimeOffset now)
    {
        if (rule.From is { } from && from > now && from < ValidUntil) ValidUntil = from;
        if (rule.To is { } to && to > now && to < ValidUntil) ValidUntil = to;
        return rule.IsValidAt(now);
    }

    private void Add(Pin pin)
    {
        var item = _shelf.Items.Resolve(pin.Sku);
        int? category = pin.Category is { } name ? _shelf.Categories.Resolve(name) : null;
        int? product = pin.Product is { } page ? _shelf.Items.Resolve(page) : null;
        // What has no number is on no shelf, and no list is of it.
        if (item < 0 || category < 0 || product < 0) return;
        _pins.Add(new(new(item, pin.Position), pin.Placement, category, product));
    }

    /// <summary>Which rules name an item, itself or by a label.</summary>
    private sealed class Matches
    {
        private readonly Dictionary<int, List<int>> _byItem = [];
        private readonly Dictionary<int, List<int>> _byCategory = [];
        private readonly Dictionary<int, List<int>> _byBrand = [];

        public bool IsEmpty => _byItem.Count + _byCategory.Count + _byBrand.Count == 0;

        public void Add(ProductRule names, int rule, Shelf shelf)
        {
            foreach (var sku in names.Skus) Add(_byItem, shelf.Items.Resolve(sku), rule);
            foreach (var name in names.Categories)
                Add(_byCategory, shelf.Categories.Resolve(name), rule);
            foreach (var name in names.Brands) Add(_byBrand, shelf.Brands.Resolve(name), rule);
        }

        /// <summary>Sets the bit of each rule that names the item; false where none does.
        /// </summary>
        public bool Find(int item, Shelf shelf, Span<ulong> found)
        {
            var any = Mark(_byItem, item, found);
            if (_byCategory.Count + _byBrand.Count == 0 || shelf.Find(item) is not { } product)
                return any;
            foreach (var category in product.Categories)
                any |= Mark(_byCategory, category, found);
            return any | Mark(_byBrand, product.Brand, found);
        }

        private static void Add(Dictionary<int, List<int>> rules, int number, int rule)
        {
            if (number < 0) return;
            if (!rules.TryGetValue(number, out var named)) rules[number] = named = [];
            named.Add(rule);
        }

        private static bool Mark(Dictionary<int, List<int>> rules, int number, Span<ulong> found)
        {
            if (rules.Count == 0 || !rules.TryGetValue(number, out var named)) return false;
            foreach (var rule in named) found[rule / 64] |= 1UL << (rule % 64);
            return true;
        }
    }
}
