using System.Runtime.ExceptionServices;
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

    /// <summary>Runs a seed.</summary>
    /// <param name="seed">What decides about everything.</param>
    /// <param name="isTraced">Whether to keep what happened.</param>
    /// <param name="open">Makes the store; that of one writer, unless given.</param>
    public static SimulationResult Run(
        int seed, bool isTraced = false, Func<VirtualWorld, ISimulatedStore>? open = null)
    {
        using var world = new VirtualWorld();
        var trace = new Trace(world, isTraced);
        var durable = open?.Invoke(world) ?? new MemoryStore(world);
        var shop = new SimulatedShop(world, new Chance(seed), trace, durable);
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
        shop.Read(state => orders = state.Orders.Count);
        (durable as IDisposable)?.Dispose();
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
            if (world.Fault is { } fault) ExceptionDispatchInfo.Throw(fault);
            foreach (var process in shop.Processes)
                if (process.Saga.Fault is { } bug) ExceptionDispatchInfo.Throw(bug);
            shop.Books.CheckStep();
            Require(world.Now < VirtualWorld.Start + SettleLimit, "it does not come to rest");
        }
        FinalAccounts.Check(shop);
        shop.Read(state =>
        {
            var orders = state.Orders.ToDictionary(order => order.Id);
            foreach (var buyer in buyers) buyer.CheckAgainst(orders);
            for (var i = 0; i < pickers.Count; i++)
                pickers[i].CheckAgainst(state.Find(new ReservationId($"picker-{i}")));
        });
    }

    private static void Stock(SimulatedShop shop)
    {
        shop.Durable.Fill(
            Wares.Skus.Select(Wares.ProductOf),
            Wares.Skus.Select(sku => new StockAdjustment(new($"first-{sku}"), Wares.Share(sku),
                3 + shop.Chance.Below(8), MovementKind.Received)));
        shop.Books.CheckWrite();
    }

    private static void BeRough(SimulatedShop shop)
    {
        var (world, chance) = (shop.World, shop.Chance);
        shop.Durable.BeRough(shop);
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
