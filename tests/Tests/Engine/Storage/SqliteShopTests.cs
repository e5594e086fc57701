using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Sqlite;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

public sealed class SqliteShopTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Sqlite();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_shop_that_is_opened_again_has_all_it_had()
    {
        await _shop.StockAsync("tea", 5, 2.50m);
        var placed = await _shop.BuyAsync(ShopFixture.Request("k", ("tea", 2)));
        await _shop.ReopenAsync();

        var order = await _shop.Stores.Orders.GetAsync(placed.Value!.Order.Id, _shop.Ct);
        Assert.Equal("5.00 EUR", order!.Total.ToString());
        Assert.True((await _shop.BuyAsync(ShopFixture.Request("k", ("tea", 2)))).Value!.Replayed);
        Assert.Single(await _shop.Stores.Outbox.ReadAsync(10, _shop.Ct));
        Assert.Equal((3, 0), await _shop.LevelAsync("tea"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_copy_taken_while_buyers_race_has_every_acknowledged_order()
    {
        await _shop.StockAsync("tea", 100_000);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        var acknowledged = new ConcurrentQueue<OrderId>();
        var buyers = Enumerable.Range(0, 8).Select(buyer => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var placed = await _shop.BuyAsync(
                    ShopFixture.Request($"b{buyer}-{i}", ("tea", 1)));
                acknowledged.Enqueue(placed.Value!.Order.Id);
            }
        })).ToList();

        foreach (var round in Enumerable.Range(1, 3))
        {
            while (acknowledged.Count < 50 * round) await Task.Yield();
            var before = acknowledged.ToArray();
            var copy = Directory.CreateTempSubdirectory("shop-copy-").FullName;
            try
            {
                await CheckCopyAsync(copy, before);
            }
            finally
            {
                Directory.Delete(copy, recursive: true);
            }
        }
        await stop.CancelAsync();
        await Task.WhenAll(buyers);
    }

    [Fact]
    public async Task A_command_that_breaks_harms_no_other_of_its_group()
    {
        await _shop.StockAsync("tea", 5);
        var writer = _shop.Stores.Runner;
        // Holds the writer, so that the three behind it come into one group.
        using var hold = new ManualResetEventSlim();
        var first = writer.WriteAsync(_ => hold.Wait(TimeSpan.FromSeconds(10)), _shop.Ct).AsTask();
        var good = _shop.BuyAsync(ShopFixture.Request("k1", ("tea", 1))).AsTask();
        var bad = writer.WriteAsync<int>(
            tx =>
            {
                tx.Stock.Append(Moved(+777));
                throw new InvalidOperationException("planned");
            },
            _shop.Ct).AsTask();
        var broken = writer.WriteAsync(
            tx =>
            {
                tx.Stock.Append(Moved(-777));
                return 0;
            },
            _shop.Ct).AsTask();
        var alsoGood = _shop.BuyAsync(ShopFixture.Request("k2", ("tea", 1))).AsTask();
        hold.Set();

        Assert.True(await first);
        Assert.Null((await good).Refusal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);
        Assert.Null((await alsoGood).Refusal);
        Assert.Equal((3, 0), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();

        static StockMovement Moved(int delta) => new(
            new($"op{delta}"), MovementKind.Adjusted, [new(ShopFixture.Share("tea"), delta, 0)],
            null, ShopFixture.Start);
    }

    [Fact]
    public async Task Stock_that_another_program_has_changed_is_read_again()
    {
        await _shop.StockAsync("tea", 5);
        await _shop.ReserveAsync("r1", ("tea", 1));
        var address = $"Data Source={ShopFixture.Options(_shop.Folder).Path};Pooling=false";
        await using (var other = new SqliteConnection(address))
        {
            await other.OpenAsync(_shop.Ct);
            await using var command = other.CreateCommand();
            command.CommandText = "UPDATE stock_share SET available = 1";
            await command.ExecuteNonQueryAsync(_shop.Ct);
        }

        var answer = await _shop.ReserveAsync("r2", ("tea", 2));

        Assert.Equal([new RefusedLine(new("tea"), 2, 1)], answer.Refusal!.Lines);
    }

    [Fact]
    public async Task A_product_that_many_units_move_is_written_and_told_once_a_commit()
    {
        await _shop.StockAsync("tea", 50);
        var told = new ConcurrentQueue<StockChanged>();
        using var seen = _shop.Stores.Changes.Subscribe(change =>
        {
            if (change is StockChanged stock) told.Enqueue(stock);
        });
        using var hold = new ManualResetEventSlim();
        var first = _shop.Stores.Runner.WriteAsync(
            _ => hold.Wait(TimeSpan.FromSeconds(10)), _shop.Ct).AsTask();
        var group = Enumerable.Range(0, 20)
            .Select(i => _shop.ReserveAsync($"r{i}", ("tea", 1)).AsTask()).ToList();
        hold.Set();
        await Task.WhenAll(group);
        await first;
        await _shop.Stores.DisposeAsync();

        Assert.Equal((30, 21), told.Select(stock => (stock.Available, stock.Version)).Last());
        Assert.InRange(told.Count, 1, 2);
    }

    [Fact]
    public async Task A_full_disk_fails_the_sale_and_leaves_the_shop_readable()
    {
        await _shop.StockAsync("tea", 5);
        await LimitPagesAsync(1);
        // Larger than what is free on the pages that are there.
        var large = ShopFixture.Product("large") with { Description = new string('x', 10_000) };

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => _shop.Stores.Products.PutAsync(large, null, _shop.Ct).AsTask());
        Assert.Equal((5, 0), await _shop.LevelAsync("tea"));

        await LimitPagesAsync(1_000_000);
        Assert.Null((await _shop.Stores.Products.PutAsync(large, null, _shop.Ct)).Refusal);
    }

    [Fact]
    public async Task A_shut_shop_says_so()
    {
        await _shop.Stores.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => _shop.AdjustAsync("tea", 1).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_left_alone()
    {
        await _shop.Stores.DisposeAsync();
        var options = ShopFixture.Options(_shop.Folder);
        var address = $"Data Source={options.Path};Pooling=false";
        await using (var connection = new SqliteConnection(address))
        {
            await connection.OpenAsync(_shop.Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            await command.ExecuteNonQueryAsync(_shop.Ct);
        }

        var refused = Assert.Throws<StoreUnavailableException>(
            () => SqliteShop.Open(options, _shop.Time));
        Assert.Contains("99", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        var path = Path.Combine(_shop.Folder, "other.db");
        File.WriteAllText(path, new string('x', 5_000));

        Assert.Throws<StoreUnavailableException>(
            () => SqliteShop.Open(new() { Path = path }, _shop.Time));
    }

    [Fact(Timeout = 30_000)]
    public async Task Changes_are_told_after_the_commit_and_a_throwing_observer_harms_nobody()
    {
        var seen = new ConcurrentQueue<StoreChange>();
        Task<Order?>? stored = null;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _shop.Stores.Changes.Subscribe(
            _ => throw new InvalidOperationException("planned"), _ => { });
        _shop.Stores.Changes.Subscribe(change =>
        {
            if (change is OrderPlaced placed)
            {
                stored = _shop.Stores.Orders.GetAsync(placed.Order.Id, _shop.Ct).AsTask();
                last.SetResult();
            }
            else
            {
                seen.Enqueue(change);
            }
        });
        await _shop.StockAsync("tea", 5);
        await _shop.BuyAsync(ShopFixture.Request("k", ("tea", 2)));
        await last.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(await stored!);
        Assert.Equal(3, seen.OfType<StockChanged>().Last().Available);
        Assert.Equal(10m, Assert.Single(seen.OfType<PriceChanged>()).Price.Amount);
    }

    // SQLite counts the pages that there are as the least limit.
    private ValueTask<bool> LimitPagesAsync(int pages) => _shop.Stores.Runner.WriteAsync(
        tx =>
        {
            var limit = ((SqliteSession)tx).Prepare($"PRAGMA max_page_count = {pages}");
            using var rows = limit.Value.Query();
            return rows.Next();
        },
        _shop.Ct);

    private async Task CheckCopyAsync(string copy, OrderId[] acknowledged)
    {
        // An open read keeps the log from starting over, so that the two files, copied one after
        // the other, are what a power cut in between would have left.
        var address = $"Data Source={ShopFixture.Options(_shop.Folder).Path};Pooling=false";
        await using var reader = new SqliteConnection(address);
        await reader.OpenAsync(_shop.Ct);
        await using var moment = reader.BeginTransaction(deferred: true);
        await using var look = reader.CreateCommand();
        look.CommandText = "SELECT count(*) FROM stock_share";
        await look.ExecuteScalarAsync(_shop.Ct);
        foreach (var name in new[] { "shop.db", "shop.db-wal" })
        {
            await using var from = new FileStream(Path.Combine(_shop.Folder, name),
                FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var to = File.Create(Path.Combine(copy, name));
            await from.CopyToAsync(to, _shop.Ct);
        }
        await moment.RollbackAsync(_shop.Ct);
        await using var stores = SqliteShop.Open(ShopFixture.Options(copy), _shop.Time);
        foreach (var id in acknowledged)
            Assert.NotNull(await stores.Orders.GetAsync(id, _shop.Ct));
        var orders = await stores.Orders.ListNewestAsync(
            new(100_000) { Attempts = true }, _shop.Ct);
        var share = await stores.Stock.GetAsync(ShopFixture.Share("tea"), _shop.Ct);
        Assert.Equal(100_000 - orders.Count, share.Available);
        Assert.Equal(orders.Count(order => order.State.IsPending()), share.Reserved);
    }
}
