using Spectre.Console;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Commands;

/// <summary>What a dataset adds up to, beside what the service has counted.</summary>
internal static class ReplaySummary
{
    public static void Write(IAnsiConsole console, DatasetTotals dataset, StatsAnswer service)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("counted").AddColumn(new TableColumn("dataset").RightAligned())
            .AddColumn(new TableColumn("service").RightAligned()).AddColumn("");
        var rows = Rows(dataset, service).ToList();
        foreach (var (name, sent, counted) in rows)
        {
            table.AddRow(name, $"{sent:N0}", $"{counted:N0}", sent == counted ? "" : "differs");
        }
        console.Write(table);
        console.WriteLine(rows.All(row => row.Sent == row.Counted)
            ? "The service has counted exactly what the dataset holds."
            : "The service counts all events that it ever got; it differs where it got others.");
    }

    private static IEnumerable<(string Name, long Sent, long Counted)> Rows(
        DatasetTotals dataset, StatsAnswer service)
    {
        foreach (var name in EventNames.All)
        {
            var sent = dataset.EventsByName.GetValueOrDefault(name);
            var counted = service.Events.GetValueOrDefault(name.ToText());
            if (sent > 0 || counted > 0) yield return (name.ToText(), sent, counted);
        }
        yield return ("events", dataset.Events, service.Events.Values.Sum());
        yield return ("orders", dataset.Orders, service.Orders);
        yield return ("refunds", dataset.RefundOrders, service.Refunds);
        yield return ("products", dataset.Products, service.Products);
        yield return ("customers", dataset.Customers, service.Customers);
        yield return ("visitors", dataset.Visitors, service.Visitors);
        yield return ("sessions", dataset.Sessions, service.Sessions.Started);
    }
}
