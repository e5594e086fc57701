using StreamCommerce.Tests.Engine.Storage;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>
/// A shop that goes back to where a trial is prepared, for each place at which something may go
/// wrong: to make another one for each would take most of the time.
/// </summary>
internal sealed class TrialShop(ShopFixture shop, Trial trial) : IAsyncDisposable
{
    private readonly Func<Task> _restore = shop.Keep();

    /// <summary>The shop, as it was prepared.</summary>
    public async Task<ShopFixture> BeginAsync()
    {
        await _restore();
        return shop;
    }

    /// <summary>The answer and the state where nothing goes wrong.</summary>
    public async Task<(string Answer, string State)> ExpectAsync()
    {
        await _restore();
        var answer = await trial.Run(shop, shop.Stores);
        return (answer, await Trial.LookAsync(shop));
    }

    public ValueTask DisposeAsync() => shop.DisposeAsync();
}
