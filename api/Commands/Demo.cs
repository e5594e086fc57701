using StreamCommerce.Api.Hosting;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// A whole shop with simulated shoppers, in this process: the service with a simulated catalogue,
/// and traffic that comes to it over HTTP as a real one's would.
/// </summary>
internal sealed class Demo : IAsyncDisposable
{
    private const int CatalogueSeed = 1;

    // Sessions of an hour, for each action a second to aim at: the pace starts about right.
    private const double SessionsPerHourAndRate = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceHost _host;
    private readonly ServiceConnection _connection;
    private readonly DemoTraffic _traffic;

    private Demo(ServiceHost host, ServiceConnection connection, DemoTraffic traffic) =>
        (_host, _connection, _traffic) = (host, connection, traffic);

    public Uri Address => _host.Address;

    /// <summary>Starts the service and fills the shop; nobody is in it yet.</summary>
    public static async Task<Demo> StartAsync(
        DemoOptions options, TimeProvider time, CancellationToken ct)
    {
        DemoFolder.Prepare(options.DataDirectory, options.Keep);
        var catalogue = SimulatedCatalogue.Create(CatalogueSeed, DemoOptions.Products);
        var host = await ServiceHost.StartAsync(
            new ServiceSettings
            {
                DataDirectory = options.DataDirectory,
                Urls = options.Urls,
                Time = time,
            }, ct);
        try
        {
            await DemoShop.FillAsync(host.Core.Stores, catalogue, ct);
            DemoShop.Try(host.Core.Experiments);
            return Open(host, options, catalogue, time);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets shoppers in until it is cancelled or the service is told to stop.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var shopping = _traffic.RunAsync(stop.Token);
        var stopping = _host.WaitForStopAsync(stop.Token);
        try
        {
            await await Task.WhenAny(shopping, stopping);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(shopping, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Closes the shop; the shoppers must have left.</summary>
    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _host.DisposeAsync();
    }

    private static Demo Open(
        ServiceHost host, DemoOptions options, SimulatedCatalogue catalogue, TimeProvider time)
    {
        // From the clock: what is kept from the last demo must not get the same ids again.
        var seed = (int)(time.GetUtcNow().ToUnixTimeSeconds() & int.MaxValue);
        var simulator = new ShopperSimulator(catalogue, new SimulatorOptions
        {
            Seed = seed,
            Start = new DateTimeOffset(2026, 1, 1, 18, 0, 0, TimeSpan.Zero),
            SessionsPerHour = Math.Max(1, options.Rate * SessionsPerHourAndRate),
            // A day passes in about half an hour.
            FlashSalesPerDay = 12,
        });
        var connection = new ServiceConnection(host.Address, Patience, time);
        var shoppers = new DemoShoppers(connection, catalogue, seed, time);
        return new Demo(host, connection, new DemoTraffic(simulator, shoppers,
            new DemoRecommendations(connection, catalogue, shoppers, time),
            new DemoPace(options.Rate), time));
    }
}
