using System.CommandLine;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// <c>rebuild [NAMES…]</c>: builds projections anew from the log, while the service is stopped.
/// </summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var options = new ServiceOptions();
        var names = new Argument<string[]>("NAMES")
        {
            Description = "Projections; all unless named: " +
                $"{string.Join(", ", ProjectionSet.Names)}.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.AcceptOnlyFromAmong([.. ProjectionSet.Names]);
        var rebuild = new Command(
            "rebuild", "Builds projections anew from the log; the service must be stopped.")
        {
            names,
        };
        options.AddTo(rebuild, serves: false);
        rebuild.SetAction((parsed, ct) =>
            RunAsync(options.Read(parsed), parsed.GetValue(names) ?? [], ct));
        return rebuild;
    }

    private static async Task<int> RunAsync(
        ServiceSettings settings, string[] names, CancellationToken ct)
    {
        var configuration = ServiceHost.NewBuilder(settings).Configuration;
        var engineOptions = settings.ReadEngine(configuration);
        if (!ServiceSettings.HasHub(configuration)) CheckLog(settings.ReadLog(configuration));
        using var loggers = LoggerFactory.Create(logging => logging.AddConsole());
        var (log, _) = await ShopCore.OpenLogAsync(settings, configuration, loggers, ct);
        await using var closed = log;
        using var engine = new CommerceEngine(
            log, engineOptions, settings.Time, loggers.CreateLogger<CommerceEngine>());
        await engine.RebuildAsync(names, ct);
        await Console.Out.WriteLineAsync(
            $"Rebuilt {string.Join(", ", names.Length > 0 ? names : ProjectionSet.Names)} " +
            $"from {engine.HandledEvents} events.");
        return CommandLine.Done;
    }

    private static void CheckLog(EmbeddedLogOptions options)
    {
        if (Directory.Exists(options.Directory)) return;
        throw new IOException($"There is no log in {options.Directory}.");
    }
}
