using System.Diagnostics;
using System.Globalization;

namespace StreamCommerce.Benchmarks.Baselines;

/// <summary>A server that was started for a comparison and is stopped with it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<ServerProcess> StartAsync(
        Tool tool, string[] arguments, Func<Task> ask)
    {
        var server = new ServerProcess(tool.Start(arguments));
        // What it says must not fill the pipes.
        _ = server._process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = server._process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ask();
                return server;
            }
            catch (InvalidOperationException) when (!server._process.HasExited
                && Stopwatch.GetElapsedTime(started) < StartLimit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Asked first: its own processes end with it.
            await Tool.Find("kill").RunAsync(
                ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }
}
