namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Which hub is the log, and how it is written and read. Checked when the log is opened.
/// </summary>
public sealed class EventHubsOptions
{
    /// <summary>The configuration section, which the messages name.</summary>
    public const string Section = "EventHubs";

    /// <summary>The namespace's or hub's connection string; null: <see cref="Namespace"/> with
    /// this machine's identity.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The namespace's host, for example <c>shop.servicebus.windows.net</c>; needed
    /// where there is no connection string.</summary>
    public string? Namespace { get; set; }

    /// <summary>The hub; null where the connection string names it (<c>EntityPath</c>).</summary>
    public string? Hub { get; set; }

    /// <summary>The consumer group that the engine reads by. At most five readers of a partition
    /// share one: give each instance beyond that a group of its own.</summary>
    public string ConsumerGroup { get; set; } = "$Default";

    /// <summary>The address of the container that keeps checkpoints and ownership: with a shared
    /// access signature in it, or one that this machine's identity may use. Null: they last as
    /// long as the process, and instances do not share work.</summary>
    public string? CheckpointContainer { get; set; }

    /// <summary>Bytes of a batch at most, 128 KiB to 100 MiB; null: what the hub takes (1 MiB,
    /// 256 KiB in the basic tier).</summary>
    public long? BatchBytes { get; set; }

    /// <summary>Bytes of events that wait for a partition's sender, 64 KiB to 1 GiB; an append
    /// that finds more waits.</summary>
    public long QueueBytes { get; set; } = 16L << 20;

    /// <summary>How long one try of a question or a batch may take, 0.1 s to 5 min; default 5 s.
    /// </summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Tries after the first, 0 to 10; default 2.</summary>
    public int RetryCount { get; set; } = 2;

    /// <summary>The wait before the first retry, 1 ms to 1 min, then twice as long each time;
    /// default 0.2 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where events are kept while the hub cannot be reached: this instance's own, on a
    /// disk that outlives the process.</summary>
    public string SpillDirectory { get; set; } = Path.Combine("data", "spill");

    /// <summary>Bytes of a partition's spill at most, 0 to 1 TiB; default 1 GiB. Beyond it an
    /// append fails. 0: there is no spill, and it fails as soon as the hub does.</summary>
    public long SpillBytes { get; set; } = 1L << 30;

    /// <summary>The wait between two tries to drain a spill, 1 ms to 10 min; default 5 s.</summary>
    public TimeSpan DrainInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Events that are fetched ahead of a reader, 0 to 10,000; default 1,000. With 0 each
    /// batch is asked for when it is wanted.</summary>
    public int PrefetchCount { get; set; } = 1_000;

    /// <summary>How old an answer about a partition may be where nothing was appended here since,
    /// 0 to 1 min; default 1 s.</summary>
    public TimeSpan StatusAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between two checkpoints of a partition that a <see cref="HubConsumer"/>
    /// owns, 0 to 10 min; default 2 s. What is handled in between is recognized after a crash.
    /// </summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often instances look whether partitions are shared evenly, 10 ms to 10 min;
    /// default 10 s.</summary>
    public TimeSpan BalanceInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a silent instance keeps its partitions, 20 ms to 1 h; default 30 s. At
    /// least twice <see cref="BalanceInterval"/>.</summary>
    public TimeSpan OwnershipTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">
    /// An option is missing or out of its range; the text names it.
    /// </exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) == string.IsNullOrWhiteSpace(Namespace))
        {
            throw Wrong(nameof(ConnectionString), $"and {Section}:{nameof(Namespace)} are " +
                "alternatives: set one of them.");
        }
        if (!string.IsNullOrWhiteSpace(Namespace) && string.IsNullOrWhiteSpace(Hub))
            throw Wrong(nameof(Hub), $"is empty; with {Section}:{nameof(Namespace)} name the hub.");
        if (string.IsNullOrWhiteSpace(ConsumerGroup))
            throw Wrong(nameof(ConsumerGroup), "is empty; name one, or leave it out.");
        if (string.IsNullOrWhiteSpace(SpillDirectory))
            throw Wrong(nameof(SpillDirectory), "is empty; name one, or leave it out.");
        if (CheckpointContainer is { } address && !IsWebAddress(address))
        {
            throw Wrong(nameof(CheckpointContainer),
                "must be a container's address, as https://account.blob.core.windows.net/name.");
        }
        if (BatchBytes is { } bytes) Check(nameof(BatchBytes), bytes, 128L << 10, 100L << 20);
        Check(nameof(QueueBytes), QueueBytes, 64L << 10, 1L << 30);
        Check(nameof(RetryCount), RetryCount, 0, 10);
        Check(nameof(SpillBytes), SpillBytes, 0, 1L << 40);
        Check(nameof(PrefetchCount), PrefetchCount, 0, 10_000);
        CheckTimes();
    }

    private void CheckTimes()
    {
        var minute = TimeSpan.FromMinutes(1);
        Check(nameof(TryTimeout), TryTimeout, TimeSpan.FromMilliseconds(100), 5 * minute);
        Check(nameof(RetryDelay), RetryDelay, TimeSpan.FromMilliseconds(1), minute);
        Check(nameof(DrainInterval), DrainInterval, TimeSpan.FromMilliseconds(1), 10 * minute);
        Check(nameof(StatusAge), StatusAge, TimeSpan.Zero, minute);
        Check(nameof(CheckpointInterval), CheckpointInterval, TimeSpan.Zero, 10 * minute);
        Check(nameof(BalanceInterval), BalanceInterval,
            TimeSpan.FromMilliseconds(10), 10 * minute);
        Check(nameof(OwnershipTime), OwnershipTime, 2 * BalanceInterval, 60 * minute);
    }

    private static bool IsWebAddress(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    private static void Check<T>(string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw Wrong(key, $"is {value}; it must be {least} to {most}.");
    }

    private static ArgumentException Wrong(string key, string problem) =>
        new($"{Section}:{key} {problem}");
}
