using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>A place that kept something of a visitor.</summary>
/// <param name="Place">Its name.</param>
/// <param name="Removed">How many things were removed.</param>
/// <param name="Left">How many were found when it was looked at again; 0.</param>
public sealed record ErasedPlace(string Place, long Removed, long Left);

/// <summary>What is not removed, and why.</summary>
public sealed record KeptRecord(string Place, string Why);

/// <summary>What forgetting a visitor has done.</summary>
/// <param name="VisitorId">Who was forgotten.</param>
/// <param name="Partition">The partition of its events.</param>
/// <param name="Offset">Its events below this offset are not read for it any more; those from it
/// on are a new visitor's.</param>
/// <param name="Places">Every place that keeps something of visitors.</param>
/// <param name="IsForgotten">Whether nothing was left anywhere.</param>
/// <param name="HasReturned">Whether events of the same id have come since, as a new visitor.
/// </param>
/// <param name="Stays">What remains, and why.</param>
public sealed record VisitorErasure(
    VisitorId VisitorId,
    int Partition,
    long Offset,
    IReadOnlyList<ErasedPlace> Places,
    bool IsForgotten,
    bool HasReturned,
    IReadOnlyList<KeptRecord> Stays);
