namespace StreamCommerce.Ingest.Log;

/// <summary>
/// Wakes the readers that wait for more. Both members are called under the lock that guards what
/// is waited for, so no append falls between a look and a wait; the readers run on other threads.
/// </summary>
internal sealed class AppendSignal
{
    private TaskCompletionSource? _waiting;

    /// <summary>Completes at the next pulse.</summary>
    public Task Next() => (_waiting ??=
        new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Pulse()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }
}
