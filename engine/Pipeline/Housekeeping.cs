using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Brings back the units of reservations whose end has come, and forgets ids that nobody repeats
/// any more. It may run late or never: what is due cannot be committed anyway.
/// </summary>
public sealed class Housekeeping(
    IStockStore stock, ICheckoutStore checkout, ICartStore carts, TimeProvider time)
{
    // Rows of one write: short enough that a checkout behind it waits a few milliseconds.
    private const int RowLimit = 200;

    /// <summary>How long units may stay away after a reservation's end.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a cart operation's id is kept: longer than a client retries.</summary>
    public static readonly TimeSpan CartOperationRetention = TimeSpan.FromDays(1);

    private volatile Exception? _fault;

    /// <summary>Why the last round failed; null where it did not.</summary>
    public Exception? Fault => _fault;

    /// <summary>A round every <see cref="Interval"/>, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await RunOnceAsync(ct);
                    _fault = null;
                }
                catch (StoreUnavailableException fault)
                {
                    // The next round tries again.
                    _fault = fault;
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    /// <summary>Does all that is due now.</summary>
    public async Task RunOnceAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        while (await stock.ExpireDueAsync(RowLimit, ct) == RowLimit) { }
        while (await checkout.ForgetKeysAsync(
            now - CheckoutLedger.Retention, RowLimit, ct) == RowLimit) { }
        while (await carts.ForgetOperationsAsync(
            now - CartOperationRetention, RowLimit, ct) == RowLimit) { }
    }
}
