using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Checkout;

public sealed class OrderLinesTests
{
    [Fact]
    public void What_was_never_there_is_left_out_once_of_a_product_that_two_shares_sold()
    {
        var tea = new Sku("tea");
        StockLine[] sold = [new(tea, 3), new(tea, 1)];
        ReservedLine[] reserved =
        [
            new(ShopFixture.Share("tea"), 3) { Backordered = 1 },
            new(ShopFixture.Share("tea") with { Bucket = 1 }, 1),
        ];

        Assert.Equal([new StockLine(tea, 3)], OrderLines.Without(sold, reserved));
    }
}
