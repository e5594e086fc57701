namespace StreamCommerce.Engine.Outbox;

/// <summary>Wakes the relay: any number of sets wake one waiter once. Any thread.</summary>
internal sealed class OutboxSignal : IDisposable
{
    // Set from the start: entries of an earlier run may be there.
    private readonly SemaphoreSlim _set = new(1, 1);

    public void Set()
    {
        if (_set.CurrentCount > 0) return;
        try
        {
            _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread was faster; set is set.
        }
    }

    public Task WaitAsync(CancellationToken ct) => _set.WaitAsync(ct);

    public void Dispose() => _set.Dispose();
}
