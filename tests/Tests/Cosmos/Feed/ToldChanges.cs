using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Tests.Cosmos.Feed;

/// <summary>What an instance was told, for tests that wait for it: the processor runs in real
/// time. Any thread.</summary>
internal sealed class ToldChanges : ICommitObserver
{
    // A hang ends by it; nothing is concluded from how long anything takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<StoreChange> _told = [];
    private readonly List<(Func<StoreChange, bool> IsIt, TaskCompletionSource Came)> _waiting = [];

    public IReadOnlyList<T> Of<T>() where T : StoreChange
    {
        lock (_gate) return [.. _told.OfType<T>()];
    }

    /// <summary>Completes when such a change has been told, before or from now on.</summary>
    public Task WaitForAsync<T>(Func<T, bool> isIt, CancellationToken ct) where T : StoreChange
    {
        lock (_gate)
        {
            if (_told.OfType<T>().Any(isIt)) return Task.CompletedTask;
            var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((change => change is T one && isIt(one), came));
            return came.Task.WaitAsync(Patience, ct);
        }
    }

    public void Committed(ReadOnlySpan<StoreChange> changes)
    {
        lock (_gate)
        {
            foreach (var change in changes)
            {
                _told.Add(change);
                foreach (var one in _waiting.Where(one => one.IsIt(change)))
                    one.Came.TrySetResult();
            }
        }
    }

    public void Detached(Exception fault)
    {
        lock (_gate)
        {
            foreach (var one in _waiting) one.Came.TrySetException(fault);
        }
    }
}
