namespace StreamCommerce.Ingest.Log.Groups;

/// <summary>A log among all. Names are kept in lower case, as Event Hubs' clients do.</summary>
public readonly record struct LogName
{
    private LogName(string @namespace, string log) => (Namespace, Log) = (@namespace, log);

    /// <summary>Where the log is, as <c>shop.servicebus.windows.net</c>.</summary>
    public string Namespace { get; }

    /// <summary>The log's name there.</summary>
    public string Log { get; }

    /// <summary>The log of a name, in whatever case.</summary>
    public static LogName Of(string @namespace, string log) =>
        new(@namespace.ToLowerInvariant(), log.ToLowerInvariant());

    public override string ToString() => $"{Namespace}/{Log}";
}

/// <summary>A consumer group of a log.</summary>
public readonly record struct GroupName
{
    private GroupName(LogName log, string group) => (Log, Group) = (log, group);

    public LogName Log { get; }

    /// <summary>The group's name among the log's, in lower case.</summary>
    public string Group { get; }

    /// <summary>The group of a name, in whatever case.</summary>
    public static GroupName Of(LogName log, string group) => new(log, group.ToLowerInvariant());

    public override string ToString() => $"{Log}/{Group}";
}

/// <summary>That a member of a group owns a partition.</summary>
/// <param name="Partition">The partition's id.</param>
/// <param name="Owner">Who; empty where it was given back.</param>
/// <param name="At">When it was taken or kept last, never earlier than it was. Where it is listed,
/// by the clock that all members share, since their own ones differ.</param>
/// <param name="Version">Another one after each claim.</param>
public sealed record PartitionOwner(
    string Partition, string Owner, DateTimeOffset At, string Version);

/// <summary>How far a group has come in a partition.</summary>
/// <param name="Partition">The partition's id.</param>
/// <param name="SequenceNumber">The last event that is handled, -1 for none; null where only the
/// offset is known.</param>
/// <param name="Offset">The same in the log's own words; null where only the number is known.
/// </param>
/// <param name="Author">Who has noted it.</param>
public sealed record GroupPlace(
    string Partition, long? SequenceNumber, string? Offset, string Author)
{
    /// <summary>When it was noted; set by the store.</summary>
    public DateTimeOffset At { get; init; }
}
