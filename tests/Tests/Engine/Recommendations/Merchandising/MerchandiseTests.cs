using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Merchandising;

public sealed class MerchandiseTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Shelf _shelf = new(new(limit: 1_000));
    private int _versions;

    [Fact]
    public void The_empty_plan_changes_nothing()
    {
        var merchandise = Compile(MerchandisingPlan.Empty);

        Assert.Equal((false, 1f, false),
            (merchandise.IsHidden(Item("tea")), merchandise.BoostOf(Item("tea")),
                merchandise.HasBoosts));
        Assert.Equal(DateTimeOffset.MaxValue, merchandise.ValidUntil);
        Assert.Empty(Pins(merchandise, "home"));
    }

    [Fact]
    public void A_product_is_hidden_by_itself_its_category_or_its_brand()
    {
        Put("tea", brand: "Acme");
        Put("cup", categories: ["kitchen", "china"]);
        Put("pot");
        Put("pan");
        var merchandise = Compile(new()
        {
            Hidden =
            [
                new() { Categories = ["china"] },
                new() { Skus = [new("pot")], Brands = ["Acme"] },
            ],
        });

        Assert.Equal([true, true, true, false],
            new[] { "tea", "cup", "pot", "pan" }.Select(sku => merchandise.IsHidden(Item(sku))));
        // What comes into a hidden category later is hidden as soon as it is there.
        Put("pan", categories: ["china"]);
        Put("cup", categories: ["kitchen"]);
        Assert.True(merchandise.IsHidden(Item("pan")));
        Assert.False(merchandise.IsHidden(Item("cup")));
    }

    [Fact]
    public void A_boost_that_matches_in_two_ways_counts_once_and_two_boosts_multiply()
    {
        Put("tea", brand: "Acme", categories: ["drinks"]);
        Put("cup", categories: ["drinks"]);
        var merchandise = Compile(new()
        {
            Boosts =
            [
                new()
                {
                    Factor = 3,
                    Skus = [new("tea")],
                    Brands = ["Acme"],
                    Categories = ["drinks"],
                },
                new() { Factor = 0.5, Skus = [new("tea")] },
            ],
        });

        Assert.True(merchandise.HasBoosts);
        Assert.Equal((1.5f, 3f, 1f), (merchandise.BoostOf(Item("tea")),
            merchandise.BoostOf(Item("cup")), merchandise.BoostOf(Item("pan"))));
    }

    [Fact]
    public void However_many_boosts_meet_a_score_stays_a_number_above_zero()
    {
        foreach (var factor in new[] { MerchandisingRules.FactorMinimum, 100 })
        {
            var merchandise = Compile(new()
            {
                Boosts = [.. Enumerable.Repeat(
                    new Boost { Factor = factor, Skus = [new("tea")] }, 500)],
            });

            Assert.InRange(merchandise.BoostOf(Item("tea")), 1e-4f, 1e4f);
        }
    }

    [Fact]
    public void A_rule_holds_from_its_first_moment_until_its_last()
    {
        var plan = new MerchandisingPlan
        {
            Boosts =
            [
                new() { Factor = 2, Skus = [new("tea")], From = Noon, To = Noon.AddHours(2) },
            ],
            Hidden = [new() { Skus = [new("cup")], From = Noon.AddHours(1) }],
        };

        var moments = new[] { -1.0, 0, 1, 2 }.Select(hours => Noon.AddHours(hours)).ToArray();
        var compiled = moments.Select(at => Compile(plan, at)).ToArray();

        Assert.Equal([1f, 2f, 2f, 1f], compiled.Select(m => m.BoostOf(Item("tea"))));
        Assert.Equal([false, false, true, true], compiled.Select(m => m.IsHidden(Item("cup"))));
        Assert.Equal([moments[1], moments[2], moments[3], DateTimeOffset.MaxValue],
            compiled.Select(m => m.ValidUntil));
    }

    [Fact]
    public void Pins_are_those_of_the_list_one_a_place_and_one_a_product()
    {
        var merchandise = Compile(new()
        {
            Pins =
            [
                new() { Sku = new("c"), Position = 3 },
                new() { Sku = new("a"), Position = 1, Placement = "home" },
                new() { Sku = new("late"), Position = 1, Placement = "home" },
                new() { Sku = new("a"), Position = 2, Placement = "home" },
                new() { Sku = new("tea"), Position = 2, Category = "drinks" },
                new() { Sku = new("lid"), Position = 4, Product = new("cup") },
                new() { Sku = new("gone"), Position = 5 },
            ],
            Hidden = [new() { Skus = [new("gone")] }],
        });

        Assert.Equal(["a@1", "c@3"], Pins(merchandise, "home"));
        Assert.Equal(["c@3"], Pins(merchandise, "similar"));
        Assert.Equal(["tea@2", "c@3"], Pins(merchandise, "similar", category: "drinks"));
        Assert.Equal(["c@3", "lid@4"], Pins(merchandise, "similar", product: "cup"));
        Assert.Equal(["c@3"], Pins(merchandise, "similar", "unknown", "pan"));
    }

    [Property(MaxTest = 200)]
    public void Compiled_rules_say_what_the_plan_says(int seed)
    {
        var random = new Random(seed);
        string[] names = ["a", "b", "c", "d"];
        foreach (var sku in names)
            Put(sku, Some(names, random).FirstOrDefault(), Some(names, random));
        var plan = new MerchandisingPlan
        {
            Boosts = [.. Enumerable.Range(0, 5).Select(_ => Fill(
                new Boost { Factor = random.Next(1, 5) }, random, names))],
            Hidden = [Fill(new Hiding(), random, names)],
        };
        Assert.Null(MerchandisingRules.Check(plan));

        var merchandise = Compile(plan);

        foreach (var sku in names)
        {
            var product = _shelf.Find(Item(sku))!;
            var expected = plan.Boosts.Where(rule => Names(rule, sku, product))
                .Aggregate(1.0, (product, rule) => product * rule.Factor);
            Assert.Equal(expected, merchandise.BoostOf(Item(sku)), 1e-3);
            Assert.Equal(Names(plan.Hidden[0], sku, product), merchandise.IsHidden(Item(sku)));
        }
    }

    private bool Names(ProductRule rule, string sku, ShelfProduct product)
    {
        var categories = product.Categories.ToArray().Select(number => _shelf.Categories[number]);
        return rule.Skus.Any(named => named.Value == sku)
            || rule.Categories.Intersect(categories).Any()
            || (product.Brand >= 0 && rule.Brands.Contains(_shelf.Brands[product.Brand]));
    }

    private static T Fill<T>(T rule, Random random, string[] names) where T : ProductRule =>
        rule with
        {
            Skus = [new("x"), .. Some(names, random).Select(name => new Sku(name))],
            Categories = Some(names, random),
            Brands = Some(names, random),
        };

    private static string[] Some(string[] names, Random random) =>
        [.. names.Where(_ => random.Next(3) == 0)];

    private Merchandise Compile(MerchandisingPlan plan, DateTimeOffset? now = null) =>
        Merchandise.Compile(plan, _shelf, now ?? Noon);

    private int Item(string sku) => _shelf.Items.Resolve(new(sku));

    private void Put(string sku, string? brand = null, params string[] categories) =>
        _shelf.Committed([new ProductChanged(ShopFixture.Product(sku) with
        {
            Brand = brand,
            Categories = categories,
            Version = ++_versions,
        })]);

    private IEnumerable<string> Pins(
        Merchandise merchandise, string placement, string? category = null, string? product = null)
    {
        var pins = new PinnedItem[MerchandisingRules.PositionLimit];
        var count = merchandise.CopyPins(placement,
            category is null ? -1 : _shelf.Categories.Find(category),
            product is null ? -1 : Item(product), pins);
        return pins.Take(count).Select(pin => $"{_shelf.Items[pin.Item]}@{pin.Position}");
    }
}
