using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>An operation that goes wrong here and there, and is to have one effect.</summary>
/// <param name="Prepare">Makes what it needs.</param>
/// <param name="Run">Does it, by an instance of the shop; what it answered. The same ids each
/// time.</param>
internal sealed record Trial(
    Func<ShopFixture, Task> Prepare, Func<ShopFixture, ShopStores, Task<string>> Run)
{
    private static readonly ReservationId Held = new("r1");
    private static readonly ShareKey Away = new(new("tea"), new("away"));
    private static readonly StockTransfer Transfer = new(
        new("t1"), ShopFixture.Share("tea"), Away, 3);

    private static readonly Dictionary<string, Trial> All = new()
    {
        ["reserve"] = new(FillAsync, ReserveAsync),
        ["commit"] = new(HoldAsync, async (shop, stores) =>
            Tell(await stores.Stock.CommitAsync(Held, shop.Ct))),
        ["release"] = new(HoldAsync, async (shop, stores) =>
            Tell(await stores.Stock.ReleaseAsync(Held, shop.Ct))),
        ["adjust"] = new(FillAsync, async (shop, stores) => Tell(await stores.Stock.AdjustAsync(
            new(new("a1"), ShopFixture.Share("tea"), 2), shop.Ct))),
        ["adjust a new share"] = new(FillAsync, async (shop, stores) =>
            Tell(await stores.Stock.AdjustAsync(new(new("a1"), Away, 2), shop.Ct))),
        ["spread"] = new(FillAsync, async (shop, stores) =>
            (await stores.StockKeeping.SpreadAsync(
                new(new("s1"), new("tea"), StockRegion.Home, 3), shop.Ct)).Value!
                .Available.ToString()),
        ["send"] = new(FillAsync, async (shop, stores) =>
            Tell(await stores.StockKeeping.SendAsync(Transfer, shop.Ct))),
        ["claim"] = new(
            async shop =>
            {
                await FillAsync(shop);
                await shop.Stores.StockKeeping.SendAsync(Transfer, shop.Ct);
            },
            async (shop, stores) =>
                Tell(await stores.StockKeeping.ClaimAsync(new("t1"), shop.Ct))),
        ["change a cart"] = new(FillAsync, async (shop, stores) =>
            string.Join(",", (await stores.Carts.ChangeAsync(new AddToCart(new("tea"), 2)
            {
                Operation = new("c-1"),
                Cart = new("c1"),
                Visitor = new("ann"),
            }, shop.Ct)).Value!.Lines)),
        ["buy"] = new(FillAsync, async (shop, stores) =>
        {
            var answer = await shop.DeskOf(stores).PlaceAsync(
                ShopFixture.Request("k1", ("tea", 2), ("cup", 1)), shop.Ct);
            return answer.Refusal?.Code.ToString() ?? answer.Value!.State.ToString();
        }),
    };

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    public static Trial Of(string name) => All[name];

    /// <summary>A shop with a clock that waits for nobody, and one endpoint: else the SDK repeats
    /// a write whose connection broke by itself, a second apart.</summary>
    public static async Task<ShopFixture> OpenAsync(EagerClock? clock = null)
    {
        var shop = ShopFixture.Cosmos(
            clock ?? new EagerClock(), settings => settings.LimitToEndpoint = true);
        await shop.PrepareAsync();
        return shop;
    }

    /// <summary>A shop in which it is prepared, to be tried again and again.</summary>
    public async Task<TrialShop> PrepareAsync()
    {
        var shop = await OpenAsync();
        await Prepare(shop);
        return new(shop, this);
    }

    /// <summary>What the shop has: stock, carts, orders and events that wait to be told.</summary>
    public static async Task<string> LookAsync(ShopFixture shop)
    {
        await shop.CheckLedgerAsync();
        var stores = shop.Stores;
        var cart = await stores.Carts.GetAsync(new("c1"), shop.Ct);
        var orders = await stores.Orders.ListNewestAsync(new(10), shop.Ct);
        var events = await stores.Outbox.ReadAsync(10, shop.Ct);
        return $"tea {await shop.LevelAsync("tea")}, cup {await shop.LevelAsync("cup")}, " +
            $"away {(await stores.Stock.GetAsync(Away, shop.Ct)).Available}, " +
            $"cart {cart?.Version} {string.Join(",", cart?.Lines ?? [])}, " +
            $"orders {string.Join(",", orders.Select(order => order.State))}, " +
            $"events {string.Join(",", events.Select(told => told.Event.Name))}";
    }

    /// <summary>What an instance does now and then: finishes what others have left.</summary>
    public static async Task HousekeepAsync(ShopFixture shop)
    {
        // Longer than whoever works on something takes, shorter than units are held.
        shop.Time.Advance(TimeSpan.FromSeconds(31));
        await shop.Stores.Stock.ExpireDueAsync(100, shop.Ct);
        await using (var away = shop.OpenAnother(Away.Region.Value))
            await away.Stock.ExpireDueAsync(100, shop.Ct);
        await shop.Stores.Checkout.ListDueAsync(shop.Time.GetUtcNow(), 100, shop.Ct);
        shop.Time.Advance(TimeSpan.FromMinutes(2));
        await shop.Saga.RunDueAsync(shop.Time.GetUtcNow(), shop.Ct);
    }

    private static async Task FillAsync(ShopFixture shop)
    {
        await shop.StockAsync("tea", 5);
        await shop.StockAsync("cup", 5);
    }

    private static async Task HoldAsync(ShopFixture shop)
    {
        await FillAsync(shop);
        Assert.Equal("Held 2,1", await ReserveAsync(shop, shop.Stores));
    }

    private static async Task<string> ReserveAsync(ShopFixture shop, ShopStores stores) =>
        Tell(await stores.Stock.ReserveAsync(
            new(Held, [new(new("tea"), 2), new(new("cup"), 1)], StockRegion.Home), shop.Ct));

    private static string Tell(Answer<Reservation> answer) =>
        answer.Is(out var reservation, out var refusal)
            ? $"{reservation.State} " +
                string.Join(",", reservation.Lines.Select(line => line.Quantity))
            : refusal.Code.ToString();

    private static string Tell(Answer<Share> answer) =>
        answer.Is(out var share, out var refusal)
            ? $"{share.Available}" : refusal.Code.ToString();

    private static string Tell(Answer<StockTransfer> answer) =>
        answer.Is(out var transfer, out var refusal)
            ? $"{transfer.State} {transfer.Quantity}" : refusal.Code.ToString();
}
