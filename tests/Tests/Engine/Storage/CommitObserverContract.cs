using StreamCommerce.Engine;
using StreamCommerce.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>What those see that must know of a commit before its caller does.</summary>
public abstract class CommitObserverContract(Func<ShopFixture> open) : ShopContract(open)
{
    private readonly Witness _witness = new();

    [Fact]
    public async Task A_commit_is_seen_before_it_is_answered()
    {
        using var attached = Shop.Stores.Attach(_witness);
        for (var units = 1; units <= 20; units++)
        {
            await Shop.AdjustAsync("tea", 1);

            var told = _witness.Of<StockChanged>().Last();
            Assert.Equal((units, units), (told.Available, told.Version));
        }
    }

    [Fact]
    public async Task A_product_is_seen_as_it_is_stored_and_only_where_it_changed()
    {
        using var attached = Shop.Stores.Attach(_witness);
        var stored = await Shop.Stores.Products.PutAsync(ShopFixture.Product("tea"), null, Ct);
        await Shop.Stores.Products.PutAsync(ShopFixture.Product("tea"), null, Ct);

        Assert.Equal([stored.Value!],
            _witness.Of<ProductChanged>().Select(changed => changed.Product));
    }

    [Fact]
    public async Task A_policy_is_seen_in_each_region_that_has_stock()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.Stores.Stock.AdjustAsync(
            new(new("away-1"), new(new("tea"), new("away")), 2), Ct);
        using var attached = Shop.Stores.Attach(_witness);

        await Shop.Stores.StockKeeping.PutPolicyAsync(new("tea"), new() { SafetyStock = 3 }, Ct);
        await Shop.Stores.StockKeeping.PutPolicyAsync(new("tea"), new() { IsTracked = false }, Ct);

        Assert.Equal(
            [("away", 0, true), ("away", 2, false), ("home", 2, true), ("home", 5, false)],
            _witness.Of<StockChanged>()
                .Select(stock => (stock.Region.Value, stock.Available, stock.IsTracked)).Order());
    }

    [Fact]
    public async Task What_was_refused_is_not_seen()
    {
        await Shop.AdjustAsync("tea", 1);
        using var attached = Shop.Stores.Attach(_witness);

        var refused = await Shop.ReserveAsync("r", ("tea", 2));

        Assert.Equal(RefusalCode.OutOfStock, refused.Refusal?.Code);
        Assert.Empty(_witness.Seen);
    }

    [Fact]
    public async Task An_observer_that_throws_harms_no_sale_and_no_other_observer()
    {
        var broken = new Witness { Throws = true };
        using var first = Shop.Stores.Attach(broken);
        using var second = Shop.Stores.Attach(_witness);

        for (var i = 0; i < 3; i++) Assert.Null((await Shop.AdjustAsync("tea", 1)).Refusal);

        Assert.Equal(3, _witness.Of<StockChanged>().Last().Available);
        Assert.Single(broken.Seen);
        Assert.Equal("planned", broken.Fault?.Message);
    }

    [Fact]
    public async Task One_that_has_left_is_told_nothing()
    {
        Shop.Stores.Attach(_witness).Dispose();

        await Shop.AdjustAsync("tea", 1);

        Assert.Empty(_witness.Seen);
    }

    internal sealed class Witness : ICommitObserver
    {
        public List<StoreChange> Seen { get; } = [];

        public bool Throws { get; init; }

        public Exception? Fault { get; private set; }

        public IEnumerable<T> Of<T>() => Seen.OfType<T>();

        public void Committed(ReadOnlySpan<StoreChange> changes)
        {
            Seen.AddRange(changes);
            if (Throws) throw new InvalidOperationException("planned");
        }

        public void Detached(Exception fault) => Fault = fault;
    }
}

/// <summary>What stores with units of work owe besides.</summary>
public sealed class FailedUnitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_failed_is_not_seen(bool isDurable)
    {
        await using var shop = isDurable ? ShopFixture.Sqlite() : ShopFixture.Memory();
        var witness = new CommitObserverContract.Witness();
        using var attached = shop.Stores.Attach(witness);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            shop.Stores.Runner.WriteAsync<int>(
                tx =>
                {
                    tx.Tell(new PriceChanged(new("tea"), new(1, ShopFixture.Euro), 1));
                    throw new InvalidOperationException("planned");
                },
                shop.Ct).AsTask());

        Assert.Empty(witness.Seen);
    }
}

public sealed class MemoryCommitObserverTests() : CommitObserverContract(ShopFixture.Memory);

public sealed class SqliteCommitObserverTests() : CommitObserverContract(ShopFixture.Sqlite);

public sealed class CosmosCommitObserverTests() : CommitObserverContract(ShopFixture.Cosmos);
