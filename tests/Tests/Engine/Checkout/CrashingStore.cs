using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;

namespace StreamCommerce.Tests.Engine.Checkout;

/// <summary>The process ends.</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// A store whose process ends at a write: before it, with what the gateway said a moment ago
/// forgotten, or right after it, before anybody is told. Nothing is written from then on.
/// </summary>
internal sealed class CrashingStore(ICheckoutStore inner, int at, bool isWritten) : ICheckoutStore
{
    private int _writes;

    /// <summary>Whether it came to the write that it ends at.</summary>
    public bool Crashed { get; private set; }

    public ValueTask<Answer<BegunCheckout>> BeginAsync(
        BeginCheckout command, CancellationToken ct) =>
        WriteAsync(() => inner.BeginAsync(command, ct));

    public ValueTask<Answer<Order>> SaveAsync(OrderChange change, CancellationToken ct) =>
        WriteAsync(() => inner.SaveAsync(change, ct));

    public ValueTask<IReadOnlyList<Order>> ListDueAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        inner.ListDueAsync(now, limit, ct);

    public ValueTask<int> ForgetKeysAsync(
        DateTimeOffset before, int limit, CancellationToken ct) =>
        inner.ForgetKeysAsync(before, limit, ct);

    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write)
    {
        var isLast = _writes++ == at;
        if (Crashed || (isLast && !isWritten))
        {
            Crashed = true;
            throw new CrashException();
        }
        var answer = await write();
        if (!isLast) return answer;
        Crashed = true;
        throw new CrashException();
    }
}
