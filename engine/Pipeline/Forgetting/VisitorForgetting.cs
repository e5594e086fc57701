using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>
/// Forgets a visitor everywhere, and looks again whether anything is left. First the stores, then
/// what they still had to tell goes into the log, then the engine: so no event of before comes
/// behind the mark. It may be repeated, and must be where it has failed. Any thread.
/// </summary>
/// <param name="engine">Keeps projections.</param>
/// <param name="outbox">Events on their way to the log.</param>
/// <param name="places">All that keeps something of visitors outside of projections.</param>
/// <param name="retention">How long the log keeps events; null: however old they are.</param>
/// <param name="retentionBytes">How many bytes a partition of the log keeps; null: however many
/// they are.</param>
/// <param name="time">For the wait.</param>
/// <param name="profiles">Profiles that are made of the log outside of the engine, and so are
/// forgotten as of the same mark; null where there are none.</param>
public sealed class VisitorForgetting(
    CommerceEngine engine, IOutbox outbox, IEnumerable<IVisitorPlace> places,
    TimeSpan? retention, long? retentionBytes, TimeProvider time,
    IProfileStore? profiles = null)
{
    /// <summary>How long the outbox may take to tell what it has of the visitor.</summary>
    public static readonly TimeSpan OutboxTimeout = TimeSpan.FromSeconds(10);

    private const int OutboxLimit = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Durable when it returns: neither a restart nor a rebuild brings the visitor back.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Something does not answer, or could not be
    /// written; ask again.</exception>
    public async Task<VisitorErasure> ForgetAsync(VisitorId visitor, CancellationToken ct)
    {
        var removed = new List<(IVisitorPlace Place, long Count)>();
        foreach (var place in places)
            removed.Add((place, await place.ForgetAsync(visitor, ct)));
        await WaitForOutboxAsync(visitor, ct);
        var state = await ForgetInEngineAsync(visitor, ct);

        var erased = new List<ErasedPlace>(state.Places);
        foreach (var (place, count) in removed)
            erased.Add(new(place.Name, count, await place.CountAsync(visitor, ct)));
        if (profiles is not null)
        {
            var count = await profiles.ForgetAsync(visitor, state.Partition, state.Offset, ct);
            var left = await profiles.FindAsync(visitor, ct);
            erased.Add(new(IProfileStore.Name, count, left.Count));
        }
        return new VisitorErasure(
            visitor, state.Partition, state.Offset, erased,
            erased.TrueForAll(place => place.Left == 0),
            engine.Knows(visitor), Stays());
    }

    private async Task<ErasedState> ForgetInEngineAsync(VisitorId visitor, CancellationToken ct)
    {
        try
        {
            return await engine.ForgetAsync(visitor, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The engine could not forget the visitor: {e.Message}", e);
        }
    }

    private async Task WaitForOutboxAsync(VisitorId visitor, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while ((await outbox.ReadAsync(OutboxLimit, ct))
            .Any(entry => entry.Event.Visitor == visitor))
        {
            if (time.GetElapsedTime(started) > OutboxTimeout)
            {
                throw new StoreUnavailableException(
                    "Events of the visitor are still on their way to the log; ask again.");
            }
            await Task.Delay(Pause, time, ct);
        }
    }

    private KeptRecord[] Stays() =>
    [
        new("log", "Events cannot be changed in the log. They are not read for the visitor any " +
            $"more, and {LogEnd()}."),
        new("orders", "Orders with their payments and screening are records of purchases."),
        new("screening counters", "Attempts to buy count for a week, in memory, against fraud."),
        new("customers", "A hash of each customer id that events have named, so that it counts " +
            "once. It leads to no visitor; a customer is somebody who has bought."),
        new("models", "A model's file holds products, not visitors. What the visitor did is in " +
            "those that were trained before; training from the log passes over it from now on."),
        new("sums", "Counts and amounts of the shop, of products and of experiments hold no " +
            "visitor; the visitor's share of them stays."),
        new("event fingerprints", "128-bit hashes of the last events, which tell that one comes " +
            "again; they fall out behind newer ones."),
        new("forgotten visitors", "A hash of the id, so that a rebuild forgets it again; removed " +
            "when retention has removed the visitor's events."),
    ];

    private string LogEnd() => (retention, retentionBytes) switch
    {
        ({ } time, null) => $"are removed {time.TotalDays:0.#} days old",
        (null, { } bytes) => $"are removed when newer ones fill {bytes} bytes of their partition",
        ({ } time, { } bytes) => $"are removed {time.TotalDays:0.#} days old, or earlier when " +
            $"newer ones fill {bytes} bytes of their partition",
        _ => "stay for ever: neither Log:RetentionTime nor Log:RetentionBytes is set",
    };
}
