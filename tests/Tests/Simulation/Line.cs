using StreamCommerce.Engine;

namespace StreamCommerce.Tests.Simulation;

/// <summary>An answer that arrived, or none.</summary>
internal readonly record struct Reply<T>(bool HasCome, T? Value);

/// <summary>
/// The line between a client and the shop: requests and answers take a while, get lost, and come
/// twice; nobody answers while the shop is down.
/// </summary>
internal sealed class Line(SimulatedShop shop)
{
    private static readonly TimeSpan UsualWay = TimeSpan.FromMilliseconds(200);

    private VirtualWorld World => shop.World;

    private Chance Chance => shop.Chance;

    public Task PauseAsync(TimeSpan pause) => World.Outside.PauseAsync(pause);

    /// <summary>Asks once. The client may lose patience long before the shop is ready.</summary>
    public Task<Reply<T>> AskAsync<T>(Func<ShopProcess, ValueTask<T>> what)
    {
        var reply = new TaskCompletionSource<Reply<T>>();
        var times = Chance.Strikes(Chance.LostOnTheWay) ? 0
            : Chance.Strikes(Chance.Repeated) ? 2 : 1;
        for (var i = 0; i < times; i++)
            World.After(Way(), World.Outside, () => Arrive(what, reply));
        var patience = Chance.IsRough ? Chance.Of(2.0, 30, 90) : 300;
        World.After(TimeSpan.FromSeconds(patience), World.Outside,
            () => reply.TrySetResult(default));
        return reply.Task;
    }

    private void Arrive<T>(
        Func<ShopProcess, ValueTask<T>> what, TaskCompletionSource<Reply<T>> reply)
    {
        if (shop.Pick() is not { } process)
        {
            World.After(Way(), World.Outside, () => reply.TrySetResult(default));
            return;
        }
        World.Begin(process.Life, async () =>
        {
            T value;
            try
            {
                value = await what(process);
            }
            catch (StoreUnavailableException)
            {
                World.After(Way(), World.Outside, () => reply.TrySetResult(default));
                return;
            }
            if (Chance.Strikes(Chance.LostOnTheWay)) return;
            World.After(Way(), World.Outside, () => reply.TrySetResult(new(true, value)));
        });
    }

    private TimeSpan Way() => Chance.UpTo(UsualWay);
}
