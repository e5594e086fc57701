namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>Where the account is, and how it is spoken to.</summary>
public sealed class CosmosOptions
{
    /// <summary>The account's address, as <c>https://NAME.documents.azure.com/</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The account's key; empty: the identity of the process
    /// (<c>DefaultAzureCredential</c>).</summary>
    public string Key { get; init; } = "";

    /// <summary>The database that has the containers, 1 to 255 characters.</summary>
    public string Database { get; init; } = "streamcommerce";

    /// <summary>The shop region of this instance: whose cart replicas it writes, 1 to 64
    /// characters.</summary>
    public string Region { get; init; } = "home";

    /// <summary>
    /// The region whose stock this instance sells and looks after, 1 to 64 characters; null: that
    /// of <see cref="Region"/>, so that no two regions write a share. Where the account is written
    /// in one place only, all regions may sell the same one's.
    /// </summary>
    public string? StockRegion { get; init; }

    /// <summary>Regions of the account, the nearest first; empty: as the account has them.
    /// </summary>
    public IReadOnlyList<string> PreferredRegions { get; init; } = [];

    /// <summary>
    /// Whether to speak to the replicas themselves over TCP: quicker, but it needs their ports
    /// (10,000 to 20,000) open. Else everything goes to the gateway over HTTPS.
    /// </summary>
    public bool DirectMode { get; init; }

    /// <summary>How long one request may take, 0.1 to 60 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a request is repeated that failed for the moment, 0 to 20.</summary>
    public int RetryLimit { get; init; } = 6;

    /// <summary>The longest wait before one repetition, 0.01 to 30 s.</summary>
    public TimeSpan RetryWaitMaximum { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A read that has no answer after this is asked of the next region too, whichever is first;
    /// zero: never. Writes are never hedged. 0 to 10 s; it needs two
    /// <see cref="PreferredRegions"/>.
    /// </summary>
    public TimeSpan ReadHedgeDelay { get; init; }

    /// <summary>
    /// How long what is known of a product's shares and policy is used before it is read again,
    /// 0 to 5 minutes: another instance's change of them is seen that late where the feed does not
    /// tell of it.
    /// </summary>
    public TimeSpan LayoutLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a movement stays in the ledger of its shares, 1 hour to 10 years; then it is added
    /// to the share's balance. A share's ledger has 20 GB at most: an order takes about 2 KB of it
    /// in each of its shares, so that one of 300 orders a second is full after nine hours.
    /// </summary>
    public TimeSpan LedgerLifetime { get; init; } = TimeSpan.FromHours(6);

    /// <summary>
    /// Orders this instance's writes among others' of the same moment, 0 to
    /// <see cref="HybridClock.NodeMaximum"/>; null: any.
    /// </summary>
    public int? Node { get; init; }

    /// <summary>Whether to follow what other instances write, so that what this one keeps in
    /// memory is current; not needed where there is one instance only.</summary>
    public bool Feed { get; init; } = true;

    /// <summary>
    /// How long the feed waits where nothing is new, 50 to 200 ms: another instance's change is
    /// seen that late. Each look costs about 1 RU for each physical partition of five containers.
    /// </summary>
    public TimeSpan FeedInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a visitor's profile is kept after the last event, 1 day to 10 years. It
    /// should outlive the log's events, since it also tells which of them are in.</summary>
    public TimeSpan ProfileLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Throws where a value is out of its range; the message names it.</summary>
    /// <exception cref="ArgumentException">Says which option, and what it may be.</exception>
    public void Check()
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("https" or "http"))
        {
            throw Wrong(nameof(Endpoint),
                "the account's address, as https://NAME.documents.azure.com/");
        }
        // The identity's token must not travel in the clear.
        if (uri.Scheme == "http" && !uri.IsLoopback)
            throw Wrong(nameof(Endpoint), "an https address unless it is this machine");
        if (Database.Length is 0 or > 255 || Database.AsSpan().ContainsAny("/\\#?"))
            throw Wrong(nameof(Database), "1 to 255 characters without / \\ # ?");
        if (Region.Length is 0 or > 64) throw Wrong(nameof(Region), "1 to 64 characters");
        if (StockRegion is { Length: 0 or > 64 })
            throw Wrong(nameof(StockRegion), "1 to 64 characters");
        if (!Convert.TryFromBase64String(Key, new byte[Key.Length], out _))
            throw Wrong(nameof(Key), "the account's key, in base 64, or empty");
        CheckRange(nameof(RequestTimeout), RequestTimeout, 0.1, 60);
        CheckRange(nameof(RetryWaitMaximum), RetryWaitMaximum, 0.01, 30);
        CheckRange(nameof(ReadHedgeDelay), ReadHedgeDelay, 0, 10);
        CheckRange(nameof(LayoutLifetime), LayoutLifetime, 0, 300);
        CheckRange(nameof(FeedInterval), FeedInterval, 0.05, 0.2);
        CheckRange(nameof(LedgerLifetime), LedgerLifetime,
            TimeSpan.FromHours(1).TotalSeconds, TimeSpan.FromDays(3_650).TotalSeconds);
        if (ReadHedgeDelay > TimeSpan.Zero && PreferredRegions.Count < 2)
        {
            throw Wrong(nameof(ReadHedgeDelay),
                "0 unless Cosmos:PreferredRegions names two regions or more");
        }
        CheckRange(nameof(ProfileLifetime), ProfileLifetime,
            TimeSpan.FromDays(1).TotalSeconds, TimeSpan.FromDays(3_650).TotalSeconds);
        if (RetryLimit is < 0 or > 20) throw Wrong(nameof(RetryLimit), "0 to 20");
        if (Node is < 0 or > HybridClock.NodeMaximum)
            throw Wrong(nameof(Node), $"0 to {HybridClock.NodeMaximum}");
    }

    private static void CheckRange(string name, TimeSpan value, double least, double most)
    {
        if (value.TotalSeconds < least || value.TotalSeconds > most)
            throw Wrong(name, $"{least} to {most} seconds");
    }

    private static ArgumentException Wrong(string name, string expected) =>
        new($"Cosmos:{name} must be {expected}.");
}
