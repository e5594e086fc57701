using Microsoft.Extensions.Logging.Abstractions;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Log.Groups;
using StreamCommerce.Tests.EventHubs.Broker;
using StreamCommerce.Tests.Ingest.Log;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>A broker, a directory for spills, and options that lose no time.</summary>
internal sealed class HubRun : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _hubs;

    public HubBroker Broker { get; } = HubBroker.Start();

    /// <summary>The last hub that was made.</summary>
    public BrokerHub Hub { get; private set; } = null!;

    public string SpillDirectory => Path.Combine(_directory.Path, "spill");

    public IGroupPlaces Places { get; } = new MemoryGroupPlaces(TimeProvider.System);

    public HubCheckpoints Checkpoints => new(Places);

    /// <summary>Makes a hub.</summary>
    /// <returns>How to reach it.</returns>
    public EventHubsOptions AddHub(int partitionCount, TimeProvider? time = null)
    {
        Hub = Broker.AddHub(
            $"events-{++_hubs}", partitionCount, time ?? TimeProvider.System);
        return new EventHubsOptions
        {
            ConnectionString = Broker.ConnectionStringOf(Hub.Name),
            SpillDirectory = SpillDirectory,
            TryTimeout = TimeSpan.FromSeconds(2),
            RetryCount = 1,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            DrainInterval = TimeSpan.FromMilliseconds(10),
            PrefetchCount = 0,
            StatusAge = TimeSpan.Zero,
            CheckpointInterval = TimeSpan.Zero,
            BalanceInterval = TimeSpan.FromMilliseconds(100),
            OwnershipTime = TimeSpan.FromSeconds(2),
        };
    }

    /// <summary>What finds the last hub.</summary>
    public string ConnectionString => Broker.ConnectionStringOf(Hub.Name);

    /// <summary>Opens the last hub with a spill of its own, and closes it again.</summary>
    public async Task OpenOnceAsync(string spillDirectory)
    {
        var options = new EventHubsOptions
        {
            ConnectionString = ConnectionString,
            SpillDirectory = spillDirectory,
        };
        await (await OpenAsync(options)).DisposeAsync();
    }

    public Task<EventHubsEventLog> OpenAsync(
        EventHubsOptions options, TimeProvider? time = null) =>
        EventHubsEventLog.OpenAsync(options, Places, time ?? TimeProvider.System,
            NullLoggerFactory.Instance, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        _directory.Dispose();
    }
}
