using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// <c>log inspect</c>: shows partitions, offsets, sizes and consumers' lag, also beside a running
/// service, and checks every record; of a hub, what it tells, and what waits here for it. Ends with
/// 1 where something is damaged.
/// </summary>
internal static class LogCommand
{
    private const int RedirectedWidth = 200;

    public static Command Create()
    {
        var options = new ServiceOptions();
        var inspect = new Command("inspect", "Shows what the log holds and checks every record.");
        options.AddTo(inspect, serves: false);
        inspect.SetAction((parsed, ct) => InspectAsync(options.Read(parsed), ct));
        return new Command("log", "Looks at the event log.") { inspect };
    }

    private static async Task<int> InspectAsync(ServiceSettings settings, CancellationToken ct)
    {
        var configuration = ServiceHost.NewBuilder(settings).Configuration;
        // A file or a pipe has no width that a table would have to be folded into.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = RedirectedWidth;
        if (ServiceSettings.HasHub(configuration))
        {
            var hub = await HubInspection.AskAsync(settings.ReadHub(configuration), ct);
            AnsiConsole.Write(Partitions(hub));
            return Tell(hub.Select(partition => partition.Spill?.Damage));
        }
        var inspection = LogInspection.OfDirectory(settings.ReadLog(configuration).Directory, ct);
        AnsiConsole.Write(Partitions(inspection.Partitions));
        if (inspection.Consumers.Count > 0) AnsiConsole.Write(Consumers(inspection.Consumers));
        return Tell(inspection.Partitions.Select(partition => partition.Damage));
    }

    private static int Tell(IEnumerable<string?> damages)
    {
        var found = damages.OfType<string>().ToList();
        foreach (var damage in found) Console.Error.WriteLine(damage);
        return found.Count > 0 ? CommandLine.Failed : CommandLine.Done;
    }

    private static Table Partitions(IReadOnlyList<HubPartitionInspection> partitions)
    {
        var table = NewTable("partition", "first offset", "next offset", "events",
            "last enqueued", "spilled events", "spilled bytes");
        foreach (var partition in partitions)
        {
            table.AddRow(Text(partition.Partition), Text(partition.FirstOffset),
                Text(partition.NextOffset), Text(partition.NextOffset - partition.FirstOffset),
                partition.LastEnqueuedAt?.UtcDateTime.ToString(
                    "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "never",
                Text(partition.Spill?.Events ?? 0), Text(partition.Spill?.Bytes ?? 0));
        }
        return table;
    }

    private static Table Partitions(IReadOnlyList<PartitionInspection> partitions)
    {
        var table = NewTable("partition", "first offset", "next offset", "events", "bytes",
            "segments", "unfinished bytes", "state");
        foreach (var partition in partitions)
        {
            table.AddRow(Text(partition.Partition), Text(partition.FirstOffset),
                Text(partition.NextOffset), Text(partition.NextOffset - partition.FirstOffset),
                Text(partition.Bytes), Text(partition.SegmentCount ?? 0),
                Text(partition.UnfinishedBytes), partition.Damage is null ? "sound" : "DAMAGED");
        }
        return table;
    }

    private static Table Consumers(IReadOnlyList<ConsumerInspection> consumers)
    {
        var table = NewTable("consumer", "partition", "next offset", "lag");
        foreach (var consumer in consumers)
        {
            table.AddRow(Markup.Escape(consumer.Consumer), Text(consumer.Partition),
                Text(consumer.NextOffset), Text(consumer.Lag));
        }
        return table;
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(column);
        return table;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
