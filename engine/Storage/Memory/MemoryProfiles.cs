using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Storage.Memory;

/// <summary>The reference of the profiles' port.</summary>
/// <param name="lifetime">How long a profile is kept after its last event.</param>
/// <param name="time">For that.</param>
internal sealed class MemoryProfiles(TimeSpan lifetime, TimeProvider time) : IProfileStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<VisitorId, (VisitorProfile Profile, DateTimeOffset At)> _kept = [];

    public ValueTask ApplyAsync(
        int partition, ReadOnlyMemory<LoggedEvent> events, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var visitors = VisitorProfile.ByVisitor(events.Span);
        lock (_gate)
        {
            foreach (var (visitor, own) in visitors)
            {
                var before = Find(visitor);
                var after = before.Apply(partition, own);
                if (after != before) _kept[visitor] = (after, time.GetUtcNow());
            }
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ProductInteraction>> FindAsync(
        VisitorId visitor, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate) return ValueTask.FromResult(Find(visitor).Interactions);
    }

    public ValueTask<long> ForgetAsync(
        VisitorId visitor, int partition, long offset, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var before = Find(visitor);
            _kept[visitor] = (before.Forget(partition, offset), time.GetUtcNow());
            return ValueTask.FromResult((long)before.Interactions.Count);
        }
    }

    private VisitorProfile Find(VisitorId visitor) =>
        _kept.TryGetValue(visitor, out var kept) && time.GetUtcNow() - kept.At < lifetime
            ? kept.Profile : VisitorProfile.Empty;
}
