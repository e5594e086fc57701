using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Feed;

public sealed class ToldVersionsTests
{
    private readonly ToldVersions _told = new();

    [Property(MaxTest = 500)]
    public void Whoever_tells_what_in_which_order_no_version_falls(int seed)
    {
        var random = new Random(seed);
        var told = new ToldVersions();
        var last = 0L;
        for (var i = 0; i < 100; i++)
        {
            var (version, isOwn) = (random.Next(1, 20), random.Next(2) == 0);
            var isTold = told.Admit(Stock(version), isOwn);

            Assert.Equal(isOwn ? version >= last : version > last, isTold);
            if (isTold) last = version;
        }
    }

    [Fact]
    public void A_cart_that_this_instance_began_anew_is_told_though_its_version_is_lower()
    {
        Assert.True(_told.Admit(Cart(7), isOwn: false));

        Assert.True(_told.Admit(Cart(1), isOwn: true));
        Assert.True(_told.Admit(Cart(2), isOwn: false));
    }

    [Fact]
    public void Price_and_product_of_one_version_are_both_told()
    {
        var product = new StreamCommerce.Engine.Catalogue.Product
        {
            Sku = new("tea"),
            Title = "Tea",
            Price = new(1, Engine.Storage.ShopFixture.Euro),
            Version = 1,
        };

        Assert.True(_told.Admit(new PriceChanged(product.Sku, product.Price, 1), isOwn: false));
        Assert.True(_told.Admit(new ProductChanged(product), isOwn: false));
        Assert.False(_told.Admit(new ProductChanged(product), isOwn: false));
    }

    private static StockChanged Stock(long version) =>
        new(new("tea"), StockRegion.Home, version, version);

    private static CartChanged Cart(long version) =>
        new(new(new("c1"), new("ann"), [], version, default));
}
