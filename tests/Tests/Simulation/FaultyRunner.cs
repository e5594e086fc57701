using StreamCommerce.Engine;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// The durable shop as one process reaches it: each unit of work has its effect at some moment
/// between question and answer, all of it or nothing, and the process may die before and after.
/// </summary>
internal sealed class FaultyRunner(IShopRunner durable, SimulatedShop shop, Life life)
    : IShopRunner
{
    public StoreChangeStream Changes { get; } = new();

    public CommitObservers Observers => durable.Observers;

    public OutboxSignal OutboxSignal { get; } = new();

    public async ValueTask<T> WriteAsync<T>(
        Func<IShopTransaction, T> work, CancellationToken ct)
    {
        await ArriveAsync();
        var result = await durable.WriteAsync(work, CancellationToken.None);
        shop.Written();
        await shop.CrashPointAsync(life, "after write");
        await life.PauseAsync(shop.Chance.StoreDelay());
        if (shop.Chance.Strikes(shop.Chance.StoreFault)) throw Fault();
        return result;
    }

    public async ValueTask<T> ReadAsync<T>(Func<IShopTransaction, T> work, CancellationToken ct)
    {
        await ArriveAsync();
        var result = await durable.ReadAsync(work, CancellationToken.None);
        await life.PauseAsync(shop.Chance.StoreDelay());
        return result;
    }

    public ValueTask DisposeAsync() => default;

    private async ValueTask ArriveAsync()
    {
        await life.PauseAsync(shop.Chance.StoreDelay());
        await shop.CrashPointAsync(life, "before store");
        if (shop.Chance.Strikes(shop.Chance.StoreFault)) throw Fault();
    }

    private StoreUnavailableException Fault()
    {
        shop.StoreFailed();
        return new("The simulated disk is at fault.");
    }
}
