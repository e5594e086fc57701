using System.Globalization;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Where a group begins instead of its checkpoints, to handle events anew. The replay keeps
/// checkpoints of its own, by the name of where it began: so it goes on after a restart, every
/// instance that was told the same takes part in it, and it is not begun twice.
/// </summary>
/// <param name="SequenceNumber">At this number of each partition; null: by time.</param>
/// <param name="After">At the first event that the hub took after this time.</param>
public readonly record struct ReplayStart(long? SequenceNumber, DateTimeOffset After)
{
    public static ReplayStart At(long sequenceNumber) => new(sequenceNumber, default);

    public static ReplayStart From(DateTimeOffset after) => new(null, after);

    /// <summary>The replay's name: the same start is the same replay.</summary>
    public override string ToString() => SequenceNumber is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"at-{number}")
        : After.UtcDateTime.ToString(
            "'from-'yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
}
