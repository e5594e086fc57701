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

    private static readonly string[] Metrics =
        ["ndcg", "recall", "hr", "mrr", "map", "coverage", "head-share"];

    public static Table Of(IReadOnlyList<Measured> measured)
    {
        var length = measured.Count > 0 ? measured[0].Metrics.ListLength : 0;
        var table = NewTable(["ranker", .. Metrics.Select(metric => $"{metric}@{length}"),
            "questions", "trained in"]);
        foreach (var (name, metrics, trainedIn) in
            measured.OrderByDescending(one => one.Metrics[PromotionGate.Metric]))
        {
            table.AddRow([Markup.Escape(name), .. Metrics.Select(metric => Text(metrics[metric])),
                metrics.CaseCount.ToString("N0", CultureInfo.InvariantCulture),
                trainedIn is { } time ? Text(time) : "–"]);
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
            "MiB", "metrics");
        foreach (var model in models)
        {
            var mark = model.Id == pointer.ModelId ? "current" : "";
            var bytes = (model.Bytes / 1_048_576.0).ToString("N1", CultureInfo.InvariantCulture);
            if (model.Manifest is not { } manifest)
            {
                table.AddRow(mark, Markup.Escape(model.Id), "", "", "", "", bytes,
                    Markup.Escape($"DAMAGED: {model.Fault}"));
                continue;
            }
            table.AddRow(mark, Markup.Escape(model.Id), Text(manifest.TrainedAt),
                manifest.DataUntil is { } until ? Text(until) : "–",
                manifest.InteractionCount.ToString("N0", CultureInfo.InvariantCulture),
                manifest.ItemCount.ToString("N0", CultureInfo.InvariantCulture), bytes,
                Markup.Escape(string.Join(' ', manifest.Metrics
                    .Where(metric => metric.Key.StartsWith("ndcg", StringComparison.Ordinal)
                        || metric.Key.StartsWith("recall", StringComparison.Ordinal))
                    .Select(metric => $"{metric.Key} {Text(metric.Value)}"))));
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
