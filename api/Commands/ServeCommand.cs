using System.CommandLine;
using StreamCommerce.Api.Hosting;

namespace StreamCommerce.Api.Commands;

/// <summary><c>serve</c>: runs the service until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var serve = new Command("serve", "Runs the service (also without any verb).");
        AddTo(serve);
        return serve;
    }

    /// <summary>Makes the command serve.</summary>
    public static void AddTo(Command command)
    {
        var options = new ServiceOptions();
        options.AddTo(command, serves: true);
        command.SetAction((parsed, ct) => RunAsync(options.Read(parsed), ct));
    }

    private static async Task<int> RunAsync(ServiceSettings settings, CancellationToken ct)
    {
        await using var host = await ServiceHost.StartAsync(settings, ct);
        await Console.Out.WriteLineAsync($"StreamCommerce serves {host.Address}");
        await host.WaitForStopAsync(ct);
        return CommandLine.Done;
    }
}
