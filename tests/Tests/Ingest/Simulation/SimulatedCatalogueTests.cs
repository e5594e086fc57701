using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Simulation;

public sealed class SimulatedCatalogueTests
{
    [Fact]
    public void The_same_seed_invents_the_same_products()
    {
        var again = SimulatedCatalogue.Create(7, 200).Products;

        Assert.Equal(Shop.Catalogue.Products.Select(Told), again.Select(Told));
    }

    [Fact]
    public void Another_seed_invents_other_products()
    {
        var other = SimulatedCatalogue.Create(8, 200).Products;

        Assert.NotEqual(Shop.Catalogue.Products.Select(Told), other.Select(Told));
    }

    [Theory]
    [InlineData(SimulatedCatalogue.ProductCountMinimum)]
    [InlineData(200)]
    [InlineData(100_000)]
    public void No_two_products_share_a_name_or_a_sku(int productCount)
    {
        var products = SimulatedCatalogue.Create(1, productCount).Products;

        Assert.Equal(productCount, products.Count);
        Assert.Equal(productCount, products.Select(product => product.Name).Distinct().Count());
        Assert.Equal(productCount, products.Select(product => product.Sku).Distinct().Count());
    }

    [Fact]
    public void Every_product_can_be_sold_and_says_that_it_is_simulated()
    {
        Assert.All(Shop.Catalogue.Products, product =>
        {
            Assert.Equal("true", product.Attributes["simulated"]);
            Assert.Equal("EUR", product.BasePrice.Currency.Code);
            Assert.InRange(product.BasePrice.Amount, 1m, 10_000m);
            Assert.Equal(product.BasePrice, product.BasePrice.Round());
            Assert.True(product.InitialStock >= 20);
            Assert.Equal(
                product.CategoryPath, Shop.Catalogue.CategoryPaths[product.Category]);
        });
    }

    [Fact]
    public void A_product_is_more_like_its_own_category_than_like_the_others()
    {
        var categories = Enumerable.Range(0, Shop.Catalogue.CategoryPaths.Count).ToArray();

        var nearest = Shop.Catalogue.Products.Count(product => product.Category ==
            categories.MaxBy(category => Tastes.Match(
                product.Taste.Span, Shop.Catalogue.CategoryTaste(category))));

        Assert.InRange(nearest, 140, 200);
    }

    [Theory]
    [InlineData(-1, 200, "seed")]
    [InlineData(1, 11, "productCount")]
    [InlineData(1, 1_000_001, "productCount")]
    public void An_impossible_catalogue_is_refused_by_name(int seed, int count, string name)
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            name, () => SimulatedCatalogue.Create(seed, count));
    }

    private static string Told(SimulatedProduct product) =>
        $"{product.Sku} {product.Name} {product.Maker} {product.BasePrice} " +
        $"{product.InitialStock} {product.SearchTerm} {string.Join(' ', product.Taste.ToArray())}";
}
