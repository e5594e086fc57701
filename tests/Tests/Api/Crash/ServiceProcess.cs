using System.Diagnostics;
using StreamCommerce.Api.Hosting;

namespace StreamCommerce.Tests.Api.Crash;

/// <summary>A verb of the program, run as a user runs it: in a process of its own.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string Greeting = "StreamCommerce serves ";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServiceProcess(Process process)
    {
        _process = process;
        // Read all the time, so that a full pipe never stops it.
        _errors = process.StandardError.ReadToEndAsync();
    }

    public Uri? Address { get; private set; }

    /// <summary>Starts the service and waits until it listens.</summary>
    public static async Task<ServiceProcess> ServeAsync(
        string data, string urls, CancellationToken ct)
    {
        var service = Run("serve", "--data", data, "--urls", urls);
        while (await service._process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            if (!line.StartsWith(Greeting, StringComparison.Ordinal)) continue;
            service.Address = new Uri(line[Greeting.Length..]);
            _ = service._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return service;
        }
        throw new InvalidOperationException($"The service did not start: {await service._errors}");
    }

    /// <summary>Runs a verb to its end and returns its exit code and all that it wrote.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        CancellationToken ct, params string[] arguments)
    {
        await using var verb = Run(arguments);
        var output = await verb._process.StandardOutput.ReadToEndAsync(ct);
        await verb._process.WaitForExitAsync(ct);
        return (verb._process.ExitCode, output + await verb._errors);
    }

    /// <summary>What <c>kill -9</c> does; waits until the process is gone.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        _process.Kill();
        await _process.WaitForExitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static ServiceProcess Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(ServiceHost).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new ServiceProcess(Process.Start(start)!);
    }
}
