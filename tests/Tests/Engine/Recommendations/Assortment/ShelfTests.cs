using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Assortment;

public sealed class ShelfTests
{
    private static readonly StockRegion Away = new("away");

    private readonly Shelf _shelf = new(new(limit: 10_000));

    [Fact]
    public void A_product_that_stock_was_never_kept_of_can_be_sold()
    {
        Assert.True(CanSell("new"));
        Assert.False(_shelf.CanSell(-1));
    }

    [Fact]
    public void What_is_sold_out_cannot_be_sold_until_units_come_back()
    {
        Tell(new StockChanged(new("tea"), StockRegion.Home, 1, 1));
        Assert.True(CanSell("tea"));
        Tell(new StockChanged(new("tea"), StockRegion.Home, 0, 2));
        Assert.False(CanSell("tea"));
        Tell(new StockChanged(new("tea"), StockRegion.Home, 3, 3));
        Assert.True(CanSell("tea"));
    }

    [Fact]
    public void What_is_not_counted_can_always_be_sold()
    {
        Tell(new StockChanged(new("ebook"), StockRegion.Home, 0, 2) { IsTracked = false });

        Assert.True(CanSell("ebook"));
    }

    [Fact]
    public void Each_region_sells_its_own_stock()
    {
        Tell(new StockChanged(new("tea"), StockRegion.Home, 0, 1),
            new StockChanged(new("tea"), Away, 5, 1));

        var tea = _shelf.Items.Find(new("tea"));
        Assert.False(_shelf.CanSell(tea, Shelf.HomeRegion));
        Assert.True(_shelf.CanSell(tea, _shelf.RegionOf(Away)));
        Assert.Equal(Shelf.HomeRegion, _shelf.RegionOf(StockRegion.Home));
    }

    [Fact]
    public void Beyond_the_last_region_nothing_can_be_sold()
    {
        var tea = _shelf.Items.Resolve(new("tea"));
        for (var i = 1; i < StockColumns.RegionLimit; i++)
        {
            Tell(new StockChanged(new("cup"), new($"region-{i}"), 5, 1));
            Assert.True(_shelf.CanSell(tea, _shelf.RegionOf(new($"region-{i}"))));
            Assert.True(_shelf.CanSell(tea, _shelf.RegionOf(new("untouched"))));
        }

        Tell(new StockChanged(new("tea"), new("one-more"), 0, 1));
        Assert.False(_shelf.CanSell(tea, _shelf.RegionOf(new("one-more"))));
        Assert.False(_shelf.CanSell(tea, _shelf.RegionOf(new("untouched"))));
    }

    [Fact]
    public void A_bundle_can_be_sold_while_each_of_its_parts_has_enough()
    {
        Put(ShopFixture.Product("box") with
        {
            Components = [new(new("tea"), 2), new(new("cup"), 1)],
        });
        Tell(new StockChanged(new("tea"), StockRegion.Home, 2, 1));
        Assert.True(CanSell("box"));
        Tell(new StockChanged(new("tea"), StockRegion.Home, 1, 2));
        Assert.False(CanSell("box"));
        Assert.True(CanSell("tea"));
        Tell(new StockChanged(new("tea"), StockRegion.Home, 1_000_000, 3));
        Assert.True(CanSell("box"));
        Tell(new StockChanged(new("cup"), StockRegion.Home, 0, 1));
        Assert.False(CanSell("box"));

        Put(ShopFixture.Product("box") with { Version = 2 });
        Assert.True(CanSell("box"));
    }

    [Fact]
    public void The_largest_bundle_is_told_from_one_unit_less()
    {
        Put(ShopFixture.Product("crate") with
        {
            Components = [new(new("tea"), BundleRules.QuantityLimit)],
        });
        Tell(new StockChanged(new("tea"), StockRegion.Home, BundleRules.QuantityLimit - 1, 1));
        Assert.False(CanSell("crate"));
        Tell(new StockChanged(new("tea"), StockRegion.Home, BundleRules.QuantityLimit, 2));
        Assert.True(CanSell("crate"));
    }

    [Fact]
    public void A_product_is_there_with_all_that_ranking_asks_for()
    {
        Put(ShopFixture.Product("tea", 2.50m) with
        {
            Title = "Grüner Tee",
            Brand = "Härtel",
            Categories = ["drinks", "tea"],
            Attributes = new Dictionary<string, string>
            {
                ["weight"] = "250 g",
                ["story"] = new('x', 1_000),
            },
        });

        var tea = _shelf.Items.Find(new("tea"));
        var product = _shelf.Find(tea)!;
        Assert.Equal(("Grüner Tee", 2.50m), (product.Title, product.Price.Amount));
        Assert.Equal("Grüner Tee"u8, product.TitleUtf8);
        Assert.Equal("Härtel", _shelf.Brands[product.Brand]);
        Assert.True(_shelf.IsIn(tea, _shelf.Categories.Find("drinks")));
        Assert.True(_shelf.IsIn(tea, _shelf.Categories.Find("tea")));
        Assert.False(_shelf.IsIn(tea, _shelf.Categories.Find("coffee")));
        Assert.Equal(["weight=250 g"],
            product.Attributes.ToArray().Select(number => _shelf.Attributes[number]));
        Assert.Null(_shelf.Find(_shelf.Items.Resolve(new("unknown"))));
    }

    [Fact]
    public void An_older_version_of_a_product_changes_nothing()
    {
        Put(ShopFixture.Product("tea", 3m) with { Version = 3 });
        Put(ShopFixture.Product("tea", 2m) with { Version = 2 });

        Assert.Equal(3m, _shelf.Find(_shelf.Items.Find(new("tea")))!.Price.Amount);
    }

    [Fact]
    public void New_arrivals_are_the_newest_that_can_be_sold()
    {
        for (var day = 0; day < 1_200; day++)
        {
            Put(ShopFixture.Product($"p{day}") with
            {
                AddedAt = ShopFixture.Start.AddDays(day),
                Version = 1,
            });
        }
        Put(ShopFixture.Product("old") with { Version = 7 });
        // A change does not make it new again.
        Put(ShopFixture.Product("p3") with
        {
            AddedAt = ShopFixture.Start.AddDays(3),
            Version = 2,
        });
        Tell(new StockChanged(new("p1198"), StockRegion.Home, 0, 4));

        Assert.Equal(["p1199", "p1197", "p1196"], Arrivals(3));
        Assert.Equal(999, Arrivals(2_000).Length);
        Assert.Equal("p200", Arrivals(2_000)[^1]);
    }

    [Fact]
    public void Beyond_the_limit_of_products_the_shelf_stands_as_it_is()
    {
        var small = new Shelf(new(limit: 1));
        small.Committed([new StockChanged(new("tea"), StockRegion.Home, 0, 1),
            new StockChanged(new("cup"), StockRegion.Home, 5, 1),
            new ProductChanged(ShopFixture.Product("cup") with
            {
                Components = [new(new("tea"), 1)],
            })]);

        Assert.False(small.CanSell(0));
        Assert.False(small.CanSell(small.Items.Find(new("cup"))));
        Assert.Null(small.Fault);
    }

    private string[] Arrivals(int count)
    {
        var items = new int[count];
        count = _shelf.CopyNewArrivals(items);
        return [.. items.Take(count).Select(item => _shelf.Items[item].Value)];
    }

    private bool CanSell(string sku) => _shelf.CanSell(_shelf.Items.Resolve(new(sku)));

    private void Put(Product product) =>
        Tell(new ProductChanged(product with { Version = Math.Max(1, product.Version) }));

    private void Tell(params ReadOnlySpan<StoreChange> changes) => _shelf.Committed(changes);
}
