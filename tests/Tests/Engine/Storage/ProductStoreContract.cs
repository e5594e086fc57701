using StreamCommerce.Engine;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

public abstract class ProductStoreContract(Func<ShopFixture> open) : ShopContract(open)
{
    private IProductStore Products => Shop.Stores.Products;

    [Fact]
    public async Task A_product_comes_back_as_it_was_put()
    {
        var put = ShopFixture.Product("tea", 12.50m) with
        {
            Description = string.Join('\0', Enumerable.Repeat("Grün, loose", 50)),
            Brand = "Härtel 茶",
            Categories = ["drinks", "tea"],
            Attributes = new Dictionary<string, string> { ["weight"] = "250 g", ["note"] = "" },
        };
        var stored = (await Products.PutAsync(put, null, Ct)).Value!;
        var found = await Products.GetAsync(new("tea"), Ct);

        Assert.True(put.SaysSameAs(found!));
        Assert.Equal((1, ShopFixture.Start), (found!.Version, found.UpdatedAt));
        Assert.Equal(stored.Version, found.Version);
        Assert.Equal("12.50 EUR", found.Price.ToString());
    }

    [Fact]
    public async Task An_unknown_product_is_null() =>
        Assert.Null(await Products.GetAsync(new("none"), Ct));

    [Fact]
    public async Task A_change_by_somebody_else_refuses_the_later_one()
    {
        await Products.PutAsync(ShopFixture.Product("tea", 1m), 0, Ct);
        await Products.PutAsync(ShopFixture.Product("tea", 2m), 1, Ct);

        var late = await Products.PutAsync(ShopFixture.Product("tea", 3m), 1, Ct);
        var second = await Products.PutAsync(ShopFixture.Product("tea", 3m), 0, Ct);

        Assert.Equal(RefusalCode.VersionMismatch, late.Refusal!.Code);
        Assert.Equal(RefusalCode.VersionMismatch, second.Refusal!.Code);
        Assert.Equal(2m, (await Products.GetAsync(new("tea"), Ct))!.Price.Amount);
    }

    [Fact]
    public async Task Putting_the_same_twice_keeps_the_version()
    {
        await Products.PutAsync(ShopFixture.Product("tea"), null, Ct);
        var again = await Products.PutAsync(ShopFixture.Product("tea"), null, Ct);

        Assert.Equal(1, again.Value!.Version);
    }

    [Fact]
    public async Task Pages_list_every_product_of_a_category_once()
    {
        for (var i = 0; i < 25; i++)
        {
            var product = ShopFixture.Product($"p{i:00}");
            await Products.PutAsync(
                product with { Categories = i % 2 == 0 ? ["even", "all"] : ["all"] }, null, Ct);
        }
        Assert.Equal(25, (await ListAllAsync(null)).Count);
        Assert.Equal(25, (await ListAllAsync("all")).Count);
        Assert.Equal(
            Enumerable.Range(0, 13).Select(i => $"p{2 * i:00}"), await ListAllAsync("even"));
        Assert.Empty(await ListAllAsync("odd"));
    }

    [Fact]
    public async Task A_sweep_gives_every_product_once_without_its_description()
    {
        for (var i = 0; i < 9; i++)
        {
            var product = ShopFixture.Product($"p{i}", 1 + i) with
            {
                Description = "long",
                Brand = i % 2 == 0 ? null : "brand",
                Categories = [.. Enumerable.Range(0, i % 4).Select(c => $"c{c}")],
                Attributes = new Dictionary<string, string> { ["size"] = $"{i}" },
                Components = i == 8 ? [new(new("p0"), 2)] : [],
            };
            await Products.PutAsync(product, null, Ct);
        }

        var swept = new List<Product>();
        while (true)
        {
            var page = await Products.SweepAsync(
                swept.Count == 0 ? null : swept[^1].Sku, 4, Ct);
            swept.AddRange(page);
            if (page.Count < 4) break;
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"p{i}"), swept.Select(p => p.Sku.Value));
        foreach (var product in swept)
        {
            var stored = (await Products.GetAsync(product.Sku, Ct))!;
            Assert.True(product.SaysSameAs(stored with { Description = null }));
            Assert.Equal((stored.Version, stored.AddedAt), (product.Version, product.AddedAt));
        }
    }

    [Fact]
    public async Task A_product_keeps_the_time_at_which_it_was_first_put()
    {
        await Products.PutAsync(ShopFixture.Product("tea", 1m), null, Ct);
        Shop.Time.Advance(TimeSpan.FromDays(1));
        await Products.PutAsync(ShopFixture.Product("tea", 2m), null, Ct);
        await Products.ImportAsync([ShopFixture.Product("tea", 3m)], Ct);

        var tea = (await Products.GetAsync(new("tea"), Ct))!;
        Assert.Equal((ShopFixture.Start, ShopFixture.Start.AddDays(1), 3),
            (tea.AddedAt, tea.UpdatedAt, tea.Version));
    }

    [Fact]
    public async Task A_product_that_leaves_a_category_is_not_listed_there()
    {
        var product = ShopFixture.Product("tea") with { Categories = ["old"] };
        await Products.PutAsync(product, null, Ct);
        await Products.PutAsync(product with { Categories = ["new"] }, null, Ct);

        Assert.Empty(await ListAllAsync("old"));
        Assert.Equal(["tea"], await ListAllAsync("new"));
    }

    [Fact]
    public async Task Many_come_in_the_order_asked_for_without_the_unknown()
    {
        await Shop.StockAsync("a", 0);
        await Shop.StockAsync("b", 0);
        var found = await Products.GetManyAsync([new("b"), new("none"), new("a")], Ct);

        Assert.Equal([new Sku("b"), new Sku("a")], found.Select(p => p.Sku));
    }

    [Fact]
    public async Task An_import_counts_what_it_changed()
    {
        await Shop.StockAsync("same", 0);
        await Shop.StockAsync("other", 0);
        var counts = await Products.ImportAsync(
            [ShopFixture.Product("new"), ShopFixture.Product("same"),
                ShopFixture.Product("other", 99m)], Ct);

        Assert.Equal(new ImportCounts(1, 1, 1), counts.Value);
    }

    [Fact]
    public async Task An_import_with_one_bad_product_imports_none()
    {
        var answer = await Products.ImportAsync(
            [ShopFixture.Product("good"), ShopFixture.Product("bad", -1m)], Ct);

        Assert.Equal(RefusalCode.Invalid, answer.Refusal!.Code);
        Assert.Null(await Products.GetAsync(new("good"), Ct));
    }

    [Fact]
    public async Task A_bundle_comes_back_with_what_it_is_made_of()
    {
        await Shop.StockAsync("tea", 0);
        await Shop.StockAsync("mug", 0);
        var bundle = Bundle("box", ("tea", 2), ("mug", 1));
        await Products.PutAsync(bundle, null, Ct);
        var again = await Products.PutAsync(bundle, null, Ct);

        Assert.Equal(bundle.Components, (await Products.GetAsync(new("box"), Ct))!.Components);
        Assert.Equal(1, again.Value!.Version);
        Assert.Equal(bundle.Components,
            (await Products.GetOffersAsync([new("box")], Ct))[0]!.Components);
        await Products.PutAsync(Bundle("box", ("tea", 3)), null, Ct);
        Assert.Equal([new Component(new("tea"), 3)],
            (await Products.GetOffersAsync([new("box")], Ct))[0]!.Components);
    }

    [Theory]
    [InlineData("unknown", 1)]
    [InlineData("box", 1)]
    [InlineData("set", 1)]
    [InlineData("tea", 0)]
    [InlineData("tea", 1_001)]
    [InlineData("", 1)]
    public async Task A_bundle_of_what_it_cannot_be_made_of_is_refused(string part, int units)
    {
        await Shop.StockAsync("tea", 0);
        await Products.PutAsync(Bundle("set", ("tea", 1)), null, Ct);

        var answer = await Products.PutAsync(Bundle("box", (part, units)), null, Ct);

        Assert.Equal(RefusalCode.Invalid, answer.Refusal!.Code);
        Assert.Null(await Products.GetAsync(new("box"), Ct));
    }

    [Fact]
    public async Task What_a_bundle_is_made_of_does_not_become_a_bundle()
    {
        await Shop.StockAsync("tea", 0);
        await Shop.StockAsync("leaf", 0);
        await Products.PutAsync(Bundle("box", ("tea", 1)), null, Ct);

        var answer = await Products.PutAsync(Bundle("tea", ("leaf", 9)), null, Ct);

        Assert.Equal(RefusalCode.Invalid, answer.Refusal!.Code);
        Assert.Empty((await Products.GetAsync(new("tea"), Ct))!.Components);
    }

    [Fact]
    public async Task An_import_brings_a_bundle_and_its_components_in_any_order()
    {
        var whole = await Products.ImportAsync(
            [Bundle("box", ("tea", 1)), ShopFixture.Product("tea")], Ct);
        var nested = await Products.ImportAsync(
            [Bundle("a", ("b", 1)), Bundle("b", ("tea", 1))], Ct);

        Assert.Equal(new ImportCounts(2, 0, 0), whole.Value);
        Assert.Equal(RefusalCode.Invalid, nested.Refusal!.Code);
        Assert.Null(await Products.GetAsync(new("b"), Ct));
    }

    private static Product Bundle(string sku, params (string Sku, int Quantity)[] parts) =>
        ShopFixture.Product(sku) with
        {
            Components = [.. parts.Select(part => new Component(new(part.Sku), part.Quantity))],
        };

    private async Task<List<string>> ListAllAsync(string? category)
    {
        var skus = new List<string>();
        Sku? after = null;
        do
        {
            var page = await Products.ListAsync(new(category, after, 4), Ct);
            skus.AddRange(page.Products.Select(p => p.Sku.Value));
            after = page.Next;
        }
        while (after is not null);
        return skus;
    }
}

public sealed class MemoryProductStoreTests() : ProductStoreContract(ShopFixture.Memory);

public sealed class SqliteProductStoreTests() : ProductStoreContract(ShopFixture.Sqlite);

public sealed class CosmosProductStoreTests() : ProductStoreContract(ShopFixture.Cosmos);
