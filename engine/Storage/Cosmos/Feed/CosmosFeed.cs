using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>
/// Tells this instance what others write: a change feed processor for each of the containers that
/// memory is kept of, whose changes go where the instance's own go (<see cref="Broadcast"/>).
/// </summary>
/// <remarks>
/// <para>Processors of one name share the changes out among them. Here each instance keeps caches
/// of its own and needs every change, so each run of an instance is a group of its own: the
/// node's number tells whose leases they are, the clock's value that they are this run's. A name
/// that outlived the run would begin where that one ended, and tell of what the caches have read
/// since. Leases of runs that are over end by their time to live.</para>
/// <para>It begins a little before the shop was opened, so it is to be started before the caches
/// are loaded: then nothing lies between what they read and what they are told. What is told at
/// least once, and again what this instance wrote itself, is passed on once
/// (<see cref="ToldVersions"/>). Deletions are not in the feed. Any thread.</para>
/// </remarks>
public sealed class CosmosFeed : IAsyncDisposable
{
    /// <summary>How long before the opening it begins, for clocks that differ and for changes
    /// whose time is kept in seconds.</summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    /// <summary>How often it is looked whether the leases are held.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    // About twenty-five requests, each of which the SDK repeats for a while.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private static readonly string[] Followed =
    [
        CosmosSchema.Products, CosmosSchema.StockIndex, CosmosSchema.Stock, CosmosSchema.Carts,
        CosmosSchema.Orders,
    ];

    private readonly CosmosClient _client;
    private readonly CosmosOptions _options;
    private readonly FeedTeller _teller;
    private readonly HybridClock _clock;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private readonly CancellationTokenSource _stopping = new();
    private volatile ContainerFeed[] _feeds = [];
    private Task _watching = Task.CompletedTask;
    private int _started;
    private int _stopped;

    internal CosmosFeed(
        CosmosClient client, CosmosOptions options, FeedTeller teller, DateTimeOffset since,
        HybridClock clock, TimeProvider time)
    {
        (_client, _options, _teller, _since, _clock, _time) =
            (client, options, teller, since, clock, time);
    }

    /// <summary>Why changes of a container have not been told for a while; null while they are.
    /// </summary>
    public Exception? Fault => Array.Find(_feeds, feed => feed.Fault is not null)?.Fault;

    /// <summary>Begins to tell, once; the processors go on until it is stopped.</summary>
    /// <exception cref="StoreUnavailableException">The account does not answer, or has not the
    /// containers; nothing is told then.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("The feed was started before.");
        var run = $"node-{_options.Node}-{HybridClock.Format(_clock.Next())}";
        try
        {
            foreach (var name in Followed)
            {
                var feed = new ContainerFeed(
                    Of(name), Of(CosmosSchema.Leases), run, _options.FeedInterval, _since, _teller,
                    _time);
                await feed.StartAsync().WaitAsync(StartLimit, _time, ct);
                _feeds = [.. _feeds, feed];
            }
        }
        catch (Exception fault)
        {
            await StopAsync();
            if (fault is CosmosException or HttpRequestException or TimeoutException)
            {
                throw new StoreUnavailableException("The change feed cannot be followed: " +
                    $"{fault.Message} `cloud check` says what is missing.", fault);
            }
            throw;
        }
        _watching = WatchAsync(_stopping.Token);

        Container Of(string container) => _client.GetContainer(_options.Database, container);
    }

    /// <summary>Waits for the page that is being told, tells no other, and gives the leases
    /// back.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        await _stopping.CancelAsync();
        await _watching;
        await Task.WhenAll(_feeds.Select(feed => feed.StopAsync()));
        _feeds = [];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    /// <summary>Looks at the leases of all containers.</summary>
    internal Task LookAsync(CancellationToken ct) =>
        Task.WhenAll(_feeds.Select(feed => feed.LookAsync(ct)));

    private async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct)) await LookAsync(ct);
        }
        // A look that is broken off fails in the SDK's own ways.
        catch (Exception) when (ct.IsCancellationRequested)
        {
        }
    }
}
