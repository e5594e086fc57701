using Microsoft.Data.Sqlite;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Sqlite;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>Databases of the former version, and the form of the stored lines.</summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private const string Rows = """
        INSERT INTO stock_share VALUES ('tea', 'home', 0, 2, 5, 4), ('cup', 'home', 0, 7, 1, 2);
        INSERT INTO stock_movement VALUES
            (1, 'd1', 1, 'tea', 'home', 0, 10, 0, 'delivery', 1),
            (2, 'd2', 2, 'cup', 'home', 0, 8, 0, NULL, 2),
            (4, 'r1', 3, 'tea', 'home', 0, -3, 3, NULL, 4),
            (5, 'r1', 4, 'tea', 'home', 0, 0, -3, NULL, 5),
            (6, 'r2', 3, 'tea', 'home', 0, -5, 5, NULL, 6),
            (7, 'r2', 3, 'cup', 'home', 0, -1, 1, NULL, 6);
        INSERT INTO reservation VALUES (1, 'r1', 2, 600), (2, 'r2', 1, 3000000000000000000);
        INSERT INTO reservation_line VALUES
            (1, 0, 'tea', 'home', 0, 3),
            (2, 0, 'tea', 'home', 0, 5),
            (2, 1, 'cup', 'home', 0, 1);
        INSERT INTO shop_order VALUES (3, 'o1', 1, 'ann', 'c7', 's1', 'DE', NULL, 'r1',
            '14.52', 'EUR', 639030816001234567);
        INSERT INTO order_line VALUES
            (3, 0, 'tea', 'The tea', 3, '2.505', '7.52'), (3, 1, 'cup', 'The "cup"', 1, '7', '7');
        INSERT INTO product VALUES
            ('tea', 'The tea', NULL, NULL, '2.5', 'EUR', NULL, 1, 639030816000000000),
            ('cup', 'The cup', NULL, NULL, '7', 'EUR', NULL, 3, 639030816000000000);
        PRAGMA user_version = 1;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("shop-old-").FullName;

    private async Task<ShopStores> OpenOldAsync(CancellationToken ct)
    {
        var options = ShopFixture.Options(_folder);
        await using (var old = new SqliteConnection($"Data Source={options.Path};Pooling=false"))
        {
            await old.OpenAsync(ct);
            await using var command = old.CreateCommand();
#pragma warning disable CA2100 // Constant text.
            command.CommandText = Schema.Step1 + Rows;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(ct);
        }
        return SqliteShop.Open(options, TimeProvider.System);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }

    [Fact]
    public async Task A_database_of_the_former_version_keeps_its_stock()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await OpenOldAsync(ct);

        var report = await shop.StockKeeping.ReconcileAsync(ct);
        Assert.Empty(report.Differences);
        Assert.Equal((6, 2, 1),
            (report.MovementCount, report.ShareCount, report.OpenReservationCount));
        Assert.Equal([1L, 2L, 4L, 5L, 6L, 7L],
            (await shop.Stock.ReadMovementsAsync(0, 10, ct)).Select(entry => entry.Number));
        var repeated = await shop.Stock.AdjustAsync(new(new("d1"), ShopFixture.Share("tea"), 10,
            MovementKind.Received), ct);
        Assert.Equal(2, repeated.Value!.Available);
        var held = await shop.Stock.CommitAsync(new("r2"), ct);
        Assert.Equal([("tea", 5), ("cup", 1)],
            held.Value!.Lines.Select(line => (line.Share.Sku.Value, line.Quantity)));
        Assert.Empty((await shop.StockKeeping.ReconcileAsync(ct)).Differences);
    }

    [Fact]
    public async Task A_database_of_the_former_version_keeps_its_orders()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await OpenOldAsync(ct);

        var order = Assert.Single(await shop.Orders.ListNewestAsync(
            new(10) { Customer = new("c7") }, ct));

        Assert.Equal(order.Id, (await shop.Orders.GetAsync(new("o1"), ct))!.Id);
        Assert.Equal(("14.52 EUR", OrderState.Placed), ($"{order.Total}", order.State));
        Assert.Equal([(2.505m, 7.52m), (7m, 7m)],
            order.Lines.Select(line => (line.UnitPrice.Amount, line.Total.Amount)));
        Assert.Equal(["The tea", "The \"cup\""], order.Lines.Select(line => line.Title));
        Assert.Equal(("ann", "s1", "DE", null, "r1"), (order.Terms.Visitor.Value,
            order.Terms.Session?.Value, order.Terms.Region, order.Terms.Channel,
            order.Terms.Reservation.Value));
        Assert.Equal(639030816001234567, order.Progress.PlacedAt!.Value.UtcTicks);
        Assert.Null(order.DueAt);
    }

    [Fact]
    public async Task A_product_that_was_changed_before_its_arrival_was_noted_has_none()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await OpenOldAsync(ct);

        Assert.Equal(639030816000000000,
            (await shop.Products.GetAsync(new("tea"), ct))!.AddedAt.UtcTicks);
        Assert.Equal(default, (await shop.Products.GetAsync(new("cup"), ct))!.AddedAt);
    }

    [Fact]
    public void The_stored_form_of_lines_stays_as_it_is()
    {
        var codec = new StockLineCodec(new TextPool());
        var away = new ShareKey(new("cup"), new("eu"), 2, new("n1"));

        Assert.Equal("01010003746561000704",
            Convert.ToHexString(codec.WriteMovement([new(ShopFixture.Share("tea"), -4, 2)])));
        Assert.Equal("01010703637570026575026E31020000" + "0A",
            Convert.ToHexString(codec.WriteMovement([new(away, 0, 0, 5)])));
        Assert.Equal("01011F03637570026575026E3102030201",
            Convert.ToHexString(codec.WriteReserved(
                [new(away, 3) { Backordered = 2, Released = 1, IsUntracked = true }])));
    }

    [Fact]
    public void Lines_are_read_as_they_were_written()
    {
        var codec = new StockLineCodec(new TextPool());
        var away = new ShareKey(new("cup"), new("eu"), 2, new("n1"));
        MovementLine[] moved =
            [new(ShopFixture.Share("tea"), long.MinValue, long.MaxValue), new(away, 1, -1, -7)];
        ReservedLine[] reserved =
            [new(away, 3) { Backordered = 2 }, new(ShopFixture.Share("tea"), 1) { Released = 1 }];

        Assert.Equal(moved, codec.ReadMovement(codec.WriteMovement(moved)));
        Assert.Equal(reserved, codec.ReadReserved(codec.WriteReserved(reserved)));
        Assert.Throws<FormatException>(() => codec.ReadMovement([2, 0]));
    }
}
