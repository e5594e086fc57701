using StreamCommerce.Engine.Inventory;
using static StreamCommerce.Tests.Simulation.Books;

namespace StreamCommerce.Tests.Simulation;

/// <summary>What a seed came to.</summary>
internal sealed record SimulationResult(
    int Seed, ulong TraceHash, long Steps, int Crashes, int Orders, Exception? Fault,
    IReadOnlyList<string> Trace);

/// <summary>
/// A shop's bad hours, from a seed: a rough time of buyers, crashes, lost and late messages, then
/// a calm one in which all must settle.
/// </summary>
internal static class Simulation
{
    public const int PickerLimit = 5;

    /// <summary>Longer than stock is held for a payment, so that reservations end in it.</summary>
    public static readonly TimeSpan RoughTime = TimeSpan.FromMinutes(20);

    // What waits longest is a review that nobody does, a day.
    private static readonly TimeSpan SettleLimit = TimeSpan.FromDays(4);

    public static SimulationResult Run(int seed, bool isTraced = false)
    {
        var world = new VirtualWorld();
        var trace = new Trace(world, isTraced);
        var shop = new SimulatedShop(world, new Chance(seed), trace);
        Exception? fault = null;
        try
        {
            Play(shop);
        }
        catch (Exception thrown)
        {
            fault = thrown;
        }
        var orders = 0;
        shop.Read(tx => orders = tx.Orders.List(new(int.MaxValue) { Attempts = true }).Count);
        return new(seed, trace.Hash, world.Steps, shop.Crashes, orders, fault, trace.Lines);
    }

    private static void Play(SimulatedShop shop)
    {
        var (world, chance) = (shop.World, shop.Chance);
        Stock(shop);
        var buyers = Enumerable.Range(0, 2 + chance.Below(9))
            .Select(i => new Buyer(shop, i)).ToList();
        var pickers = Enumerable.Range(0, chance.Below(PickerLimit))
            .Select(i => new Picker(shop, i)).ToList();
        shop.Start();
        foreach (var buyer in buyers) world.Begin(world.Outside, buyer.RunAsync);
        foreach (var picker in pickers) world.Begin(world.Outside, picker.RunAsync);
        world.Begin(world.Outside, new Storekeeper(shop).RunAsync);
        BeRough(shop);
        while (world.Step())
        {
            if (world.Fault is { } fault) throw fault;
            if (shop.Process?.Saga.Fault is { } bug) throw bug;
            shop.Books.CheckStep();
            Require(world.Now < VirtualWorld.Start + SettleLimit, "it does not come to rest");
        }
        FinalAccounts.Check(shop);
        shop.Read(tx =>
        {
            var orders = tx.Orders.List(new(int.MaxValue) { Attempts = true })
                .ToDictionary(order => order.Id);
            foreach (var buyer in buyers) buyer.CheckAgainst(orders);
            for (var i = 0; i < pickers.Count; i++)
                pickers[i].CheckAgainst(tx.Reservations.Find(new($"picker-{i}")));
        });
    }

    private static void Stock(SimulatedShop shop)
    {
        foreach (var sku in Wares.Skus)
        {
            _ = shop.Durable.Products.PutAsync(
                Wares.ProductOf(sku), null, CancellationToken.None).AsTask();
            _ = shop.Durable.Stock.AdjustAsync(
                new(new($"first-{sku}"), Wares.Share(sku), 3 + shop.Chance.Below(8),
                    MovementKind.Received), CancellationToken.None).AsTask();
        }
        shop.Books.CheckWrite();
    }

    private static void BeRough(SimulatedShop shop)
    {
        var (world, chance) = (shop.World, shop.Chance);
        world.After(RoughTime * 2, world.Outside, shop.CalmDown);
        for (var i = chance.Below(7); i > 0; i--)
        {
            var bank = shop.Banks[chance.Below(2)];
            var duration = chance.UpTo(chance.Of(chance.Rush / 2, RoughTime));
            world.After(chance.UpTo(chance.Rush * 2), world.Outside,
                () => shop.TakeDown(bank, duration));
        }
        for (var i = chance.Below(4); i > 0; i--)
            world.After(chance.UpTo(chance.Rush * 2), world.Outside, () => shop.Crash("killed"));
    }
}
