using System.Globalization;
using Spectre.Console;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>Tables of what was measured, the best first.</summary>
internal static class MetricTables
{
    private const int RedirectedWidth = 200;
    private const string None = "–";

    private static readonly string[] Metrics =
        ["ndcg", "recall", "hr", "mrr", "map", "coverage", "head-share"];

    /// <summary>Shows what was measured, and below it why something was not.</summary>
    public static void ShowMeasured(
        this IAnsiConsole console, IReadOnlyList<Measured> measured)
    {
        console.Show(Of(measured));
        foreach (var one in measured.Where(one => one.Fault is not null))
            console.WriteLine($"{one.Name} was not measured: {one.Fault}");
    }

    private static Table Of(IReadOnlyList<Measured> measured)
    {
        var length = measured.Select(one => one.Metrics?.ListLength).Max();
        var table = NewTable(["ranker", .. Metrics.Select(metric => $"{metric}@{length}"),
            "questions", "trained in"]);
        foreach (var (name, metrics, trainedIn, _) in
            measured.OrderByDescending(one => one.Metrics?[PromotionGate.Metric] ?? -1))
        {
            table.AddRow([Markup.Escape(name),
                .. Metrics.Select(metric => metrics is null ? None : Text(metrics[metric])),
                metrics?.CaseCount.ToString("N0", CultureInfo.InvariantCulture) ?? None,
                trainedIn is { } time ? Text(time) : None]);
        }
        return table;
    }

    public static Table OfTrials(IReadOnlyList<Trial> trials)
    {
        var table = NewTable(
            "trainer", "objective", "ndcg", "recall", "parameters", "took");
        foreach (var trial in trials)
        {
            table.AddRow(trial.Family, Text(trial.Objective), Text(trial.Metrics["ndcg"]),
                Text(trial.Metrics["recall"]), Markup.Escape(trial.Parameters.ToString()),
                Text(trial.Duration));
        }
        return table;
    }

    public static Table OfModels(
        IReadOnlyList<PublishedModel> models, ModelPointer pointer)
    {
        var table = NewTable("", "model", "trained at", "data until", "interactions", "items",
            "MiB", "asked", "metrics");
        foreach (var model in models)
        {
            var mark = model.Id == pointer.ModelId ? "current" : "";
            var bytes = (model.Bytes / 1_048_576.0).ToString("N1", CultureInfo.InvariantCulture);
            if (model.Manifest is not { } manifest)
            {
                table.AddRow(mark, Markup.Escape(model.Id), "", "", "", "", bytes, "",
                    Markup.Escape($"DAMAGED: {model.Fault}"));
                continue;
            }
            table.AddRow(mark, Markup.Escape(model.Id), Text(manifest.TrainedAt),
                manifest.DataUntil is { } until ? Text(until) : None,
                manifest.InteractionCount.ToString("N0", CultureInfo.InvariantCulture),
                manifest.ItemCount.ToString("N0", CultureInfo.InvariantCulture), bytes,
                Markup.Escape(manifest.Protocol ?? None),
                Markup.Escape(string.Join(' ', manifest.Metrics
                    .Where(metric => metric.Key.StartsWith("ndcg", StringComparison.Ordinal)
                        || metric.Key.StartsWith("recall", StringComparison.Ordinal))
                    .Select(metric => $"{metric.Key} {Text(metric.Value)}"))
                    + (manifest.MeasuredUntil is { } cut ? $", learnt until {Text(cut)}" : "")));
        }
        return table;
    }

    public static Table OfHistory(ModelPointer pointer)
    {
        var table = NewTable("when", "what", "model", "why");
        foreach (var change in pointer.History)
        {
            table.AddRow(Text(change.At),
                change.Kind == PromotionKind.Promoted ? "promoted" : "rolled back to",
                Markup.Escape(change.ModelId), Markup.Escape(change.Note));
        }
        return table;
    }

    /// <summary>Writes a table; a file or a pipe has no width that it would be folded into.
    /// </summary>
    public static void Show(this IAnsiConsole console, Table table)
    {
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = RedirectedWidth;
        console.Write(table);
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(Markup.Escape(column));
        return table;
    }

    private static string Text(double number) =>
        number.ToString("F4", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
