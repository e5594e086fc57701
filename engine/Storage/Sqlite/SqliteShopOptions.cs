namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>How the shop's database is kept.</summary>
public sealed class SqliteShopOptions
{
    /// <summary>The database file; its folder is made where it is missing.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Connections that read, 1 to 64. Reads are short and use a core each, so a few suffice.
    /// </summary>
    public int ReaderCount { get; init; } = 4;

    /// <summary>Writes that may wait in the queue, from 1; more callers wait to enter.</summary>
    public int QueueLimit { get; init; } = 4_096;

    /// <summary>
    /// Writes that share a commit, from 1: about 20 ms of work at most before the first of them
    /// is answered.
    /// </summary>
    public int GroupLimit { get; init; } = 512;

    /// <summary>How long to wait for another process that holds the database.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Path);
        if (ReaderCount is < 1 or > 64)
            throw new ArgumentException("ReaderCount must be 1 to 64.");
        if (QueueLimit < 1) throw new ArgumentException("QueueLimit must be at least 1.");
        if (GroupLimit < 1) throw new ArgumentException("GroupLimit must be at least 1.");
        if (BusyTimeout < TimeSpan.Zero)
            throw new ArgumentException("BusyTimeout must not be negative.");
    }
}
