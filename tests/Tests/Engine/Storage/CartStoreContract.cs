using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

public abstract class CartStoreContract(Func<ShopFixture> open) : ShopContract(open)
{
    private static readonly CartId Id = new("c1");
    private static readonly VisitorId Ann = new("ann");
    private int _operations;

    private CartDesk Desk => new(Shop.Stores.Carts, Shop.Stores.Products);

    [Fact]
    public async Task Adding_twice_adds_up_and_each_is_told()
    {
        await Shop.StockAsync("tea", 0, 2.50m);
        await AddAsync("tea", 1);
        var cart = await AddAsync("tea", 2);

        Assert.Equal([new CartLine(new("tea"), 3)], cart.Value!.Lines);
        Assert.Equal(2, cart.Value.Version);
        var told = await ToldAsync();
        Assert.Equal([(EventName.AddToCart, 1), (EventName.AddToCart, 2)], told);
    }

    [Fact]
    public async Task An_add_that_is_sent_again_counts_once()
    {
        await Shop.StockAsync("tea", 0);
        await AddAsync("tea", 1, "same");
        var again = await AddAsync("tea", 1, "same");

        Assert.Equal(1, again.Value!.QuantityOf(new("tea")));
        Assert.Single(await ToldAsync());
    }

    [Fact]
    public async Task Of_a_visitor_that_is_forgotten_no_cart_is_left_and_nothing_is_told()
    {
        await Shop.StockAsync("tea", 0);
        await AddAsync("tea", 1, "add");
        await Desk.AddAsync(new AddToCart(new("tea"), 1)
        { Cart = new("c2"), Visitor = new("bob"), Operation = new("add") }, Ct);
        var told = await ToldAsync();

        Assert.Equal(1, await Shop.Stores.Carts.ForgetVisitorAsync(Ann, Ct));

        Assert.Equal(0, await Shop.Stores.Carts.CountOfAsync(Ann, Ct));
        Assert.Equal(1, await Shop.Stores.Carts.CountOfAsync(new("bob"), Ct));
        Assert.Null(await Shop.Stores.Carts.GetAsync(Id, Ct));
        Assert.Equal(told, await ToldAsync());
        Assert.Equal(0, await Shop.Stores.Carts.ForgetVisitorAsync(Ann, Ct));
        // The id is free, and so is the operation's.
        Assert.Equal(1, (await AddAsync("tea", 1, "add")).Value!.Version);
    }

    [Fact]
    public async Task Setting_fewer_tells_what_was_taken_out()
    {
        await Shop.StockAsync("tea", 0);
        await AddAsync("tea", 5);
        await Desk.SetAsync(new SetQuantity(new("tea"), 2)
        { Cart = Id, Visitor = Ann, Operation = new("set") }, Ct);

        Assert.Equal([(EventName.AddToCart, 5), (EventName.RemoveFromCart, 3)], await ToldAsync());
    }

    [Fact]
    public async Task Clearing_takes_everything_out()
    {
        await Shop.StockAsync("tea", 0);
        await Shop.StockAsync("cup", 0);
        await AddAsync("tea", 1);
        await AddAsync("cup", 1);
        await Desk.ClearAsync(
            new ClearCart { Cart = Id, Visitor = Ann, Operation = new("clear") }, Ct);

        var cart = await Desk.GetAsync(Id, Ann, Ct);
        Assert.Empty(cart.Value!.Lines);
        Assert.Equal(3, cart.Value.Version);
    }

    [Fact]
    public async Task Removing_one_product_leaves_the_others()
    {
        await Shop.StockAsync("tea", 0);
        await Shop.StockAsync("cup", 0);
        await AddAsync("tea", 1);
        await AddAsync("cup", 1);
        await Desk.RemoveAsync(new RemoveFromCart(new("tea"))
        { Cart = Id, Visitor = Ann, Operation = new("remove") }, Ct);

        Assert.Equal(
            [new CartLine(new("cup"), 1)], (await Desk.GetAsync(Id, Ann, Ct)).Value!.Lines);
    }

    [Fact]
    public async Task A_cart_belongs_to_who_filled_it()
    {
        await Shop.StockAsync("tea", 0);
        await AddAsync("tea", 1);
        var theft = await Desk.AddAsync(new AddToCart(new("tea"), 1)
        { Cart = Id, Visitor = new("bob"), Operation = new("x") }, Ct);

        Assert.Equal(RefusalCode.CartOfAnother, theft.Refusal!.Code);
        Assert.Equal(RefusalCode.CartOfAnother,
            (await Desk.GetAsync(Id, new("bob"), Ct)).Refusal!.Code);
    }

    [Fact]
    public async Task What_the_catalogue_does_not_know_is_not_added()
    {
        var answer = await AddAsync("none", 1);

        Assert.Equal(RefusalCode.UnknownProduct, answer.Refusal!.Code);
        Assert.Null(await Shop.Stores.Carts.GetAsync(Id, Ct));
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        await Shop.StockAsync("tea", 0);
        await AddAsync("tea", 1);
        await AddAsync("tea", 1);
        var stale = await Desk.AddAsync(new AddToCart(new("tea"), 1)
        { Cart = Id, Visitor = Ann, Operation = new("x"), IfMatch = 1 }, Ct);

        Assert.Equal(RefusalCode.VersionMismatch, stale.Refusal!.Code);
    }

    [Theory]
    [InlineData(0, RefusalCode.InvalidQuantity)]
    [InlineData(-1, RefusalCode.InvalidQuantity)]
    [InlineData(CartRules.QuantityLimit + 1, RefusalCode.QuantityLimit)]
    public async Task Impossible_quantities_are_refused(int quantity, RefusalCode code)
    {
        await Shop.StockAsync("tea", 0);

        Assert.Equal(code, (await AddAsync("tea", quantity)).Refusal!.Code);
    }

    [Fact]
    public async Task A_forgotten_operation_leaves_the_cart_as_it_is()
    {
        await Shop.StockAsync("tea", 0);
        await AddAsync("tea", 1);
        Shop.Time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(1,
            await Shop.Stores.Carts.ForgetOperationsAsync(Shop.Time.GetUtcNow(), 10, Ct));
        Assert.Equal(1, (await Desk.GetAsync(Id, Ann, Ct)).Value!.QuantityOf(new("tea")));
    }

    private ValueTask<Answer<Cart>> AddAsync(string sku, int quantity, string? operation = null) =>
        Desk.AddAsync(new AddToCart(new(sku), quantity)
        {
            Cart = Id,
            Visitor = Ann,
            Operation = new(operation ?? $"add-{_operations++}"),
        }, Ct);

    private async Task<List<(EventName, int)>> ToldAsync() =>
        [.. (await Shop.Stores.Outbox.ReadAsync(10, Ct))
            .Select(entry => (entry.Event.Name, entry.Event.Lines.Sum(l => l.Quantity)))];
}

public sealed class MemoryCartStoreTests() : CartStoreContract(ShopFixture.Memory);

public sealed class SqliteCartStoreTests() : CartStoreContract(ShopFixture.Sqlite);

public sealed class CosmosCartStoreTests() : CartStoreContract(ShopFixture.Cosmos);
