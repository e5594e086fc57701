using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Profiles;

/// <summary>
/// Visitors' profiles outside of the process, for instances that have not read the events.
/// </summary>
/// <remarks>The contract, which every adapter's tests check: events take effect once, by
/// (partition, offset), however often they come and whoever brings them; a call that fails may
/// have taken some in, and is repeated as it was. A profile ends some time after its last event.
/// Faults are <see cref="StoreUnavailableException"/>. Any thread.</remarks>
public interface IProfileStore
{
    /// <summary>What it keeps, for those who are forgotten.</summary>
    const string Name = "stored profiles";

    /// <summary>Takes in a partition's events, in its order; durable when it completes.</summary>
    /// <exception cref="ArgumentException">One of them cannot be read; none is taken in.
    /// </exception>
    /// <exception cref="InvalidDataException">The profile of a visitor among them cannot be read;
    /// those of others may be taken in.</exception>
    ValueTask ApplyAsync(
        int partition, ReadOnlyMemory<LoggedEvent> events, CancellationToken ct);

    /// <summary>A visitor's last <see cref="ProfileProjection.Limit"/> interactions, oldest first.
    /// </summary>
    /// <exception cref="InvalidDataException">The profile cannot be read.</exception>
    ValueTask<IReadOnlyList<ProductInteraction>> FindAsync(
        VisitorId visitor, CancellationToken ct);

    /// <summary>Removes a visitor's profile, readable or not, and lets no event of a partition that
    /// is below an offset bring it back; durable when it completes.</summary>
    /// <returns>How many interactions; 1 for a profile that cannot be read.</returns>
    ValueTask<long> ForgetAsync(
        VisitorId visitor, int partition, long offset, CancellationToken ct);
}
