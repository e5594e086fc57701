using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Profiles;

/// <summary>
/// What visitors did whom this instance's engine knows nothing of, asked of the store while they
/// wait: for a moment and no longer, since an answer for somebody unknown is better than a late
/// one. Any thread.
/// </summary>
/// <param name="store">Where profiles are kept.</param>
/// <param name="patience">How long it may take.</param>
/// <param name="time">For that.</param>
public sealed class StoredHistories(
    IProfileStore store, TimeSpan patience, TimeProvider time)
{
    /// <summary>Visitors who are asked for at once; others are answered as unknown. A store that
    /// takes all of its time is asked 20 times as many a second.</summary>
    internal const int AskedLimit = 256;

    private int _asked;

    /// <summary>A visitor's interactions, oldest first; none where the store has none, fails or
    /// takes too long.</summary>
    public async ValueTask<IReadOnlyList<ProductInteraction>> FindAsync(
        VisitorId visitor, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _asked) > AskedLimit)
        {
            Interlocked.Decrement(ref _asked);
            EngineInstruments.ProfileAsked("busy");
            return [];
        }
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var found = await store.FindAsync(visitor, either.Token);
            EngineInstruments.ProfileAsked(found.Count > 0 ? "found" : "none");
            return found;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            EngineInstruments.ProfileAsked("late");
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            EngineInstruments.ProfileAsked("failed");
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
        return [];
    }
}
