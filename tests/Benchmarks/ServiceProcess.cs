using System.Diagnostics;
using StreamCommerce.Api.Hosting;

namespace StreamCommerce.Benchmarks;

/// <summary>The service in a process of its own, on a port of its own, on this machine.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string Greeting = "StreamCommerce serves ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServiceProcess(Process process, Uri address) =>
        (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>Resident memory, in bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time that the service has used.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>Starts the service and waits until it listens.</summary>
    /// <param name="data">Its data folder.</param>
    /// <param name="settings">As <c>Engine:BatchLimit=2048</c>.</param>
    public static async Task<ServiceProcess> StartAsync(string data, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                typeof(ServiceHost).Assembly.Location, "serve",
                "--data", data, "--urls", "http://127.0.0.1:0",
            },
            RedirectStandardOutput = true,
        };
        foreach (var setting in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }
        var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(StartLimit);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith(Greeting, StringComparison.Ordinal)) continue;
            // Whatever it says from now on must not fill the pipe.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new ServiceProcess(process, new Uri(line[Greeting.Length..]));
        }
        throw new InvalidOperationException("The service did not start.");
    }

    /// <summary>A client with that many connections to the service.</summary>
    public HttpClient Connect(int connections) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        UseProxy = false,
    })
    {
        BaseAddress = Address,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
