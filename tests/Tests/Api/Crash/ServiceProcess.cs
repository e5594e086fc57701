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
        string data, string urls, CancellationToken ct, params string[] more)
    {
        var service = Run(["serve", "--data", data, "--urls", urls, .. more]);
        while (await service._process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            if (!line.StartsWith(Greeting, StringComparison.Ordinal)) continue;
            service.Address = new Uri(line[Greeting.Length..]);
            _ = service._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return service;
        }
        throw new InvalidOperationException($"The service did not start: {await service._errors}");
    }

    /// <summary>Starts a verb.</summary>
    public static ServiceProcess Start(params string[] arguments) => Run(arguments);

    /// <summary>Waits until the verb ends; its exit code and all that it wrote.</summary>
    public async Task<(int Code, string Output, string Errors)> EndAsync(CancellationToken ct)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(ct);
        await _process.WaitForExitAsync(ct);
        return (_process.ExitCode, output, await _errors);
    }

    /// <summary>What <c>kill -9</c> does; waits until the process is gone.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        try
        {
            _process.Kill();
            await _process.WaitForExitAsync(ct);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself in this very moment.
        }
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
