using Spectre.Console;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Fraud.Backtesting;

namespace StreamCommerce.Api.Commands;

/// <summary>Shows what a backtest found.</summary>
internal sealed class BacktestDisplay(IAnsiConsole console)
{
    private const int RedirectedWidth = 120;

    public void Show(FraudPolicy policy, BacktestReport report)
    {
        // A file or a pipe has no width that a table would have to be folded into.
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = RedirectedWidth;
        var labels = report.Labels;
        console.WriteLine($"Rules {policy.Set.Version}: {labels.All:N0} attempts on " +
            $"{report.Days} days, {labels.Fraud:N0} of them fraud" +
            (labels.Unknown > 0 ? $" and {labels.Unknown:N0} unknown" : "") +
            $"; learned from {report.Learned:N0} before" +
            (report.LeftOut > 0 ? $", left out {report.LeftOut:N0}." : "."));
        console.Write(Decisions(report));
        if (labels.Fraud > 0)
        {
            console.Write(Borders(policy.Set.Thresholds, report));
            console.Write(Cards(report));
            console.Write(Scenarios(report));
            console.WriteLine($"Average precision of the score {report.AveragePrecision:N3}," +
                $" card precision at 100 a day {report.CardPrecisionAt100:N3}.");
        }
        if (report.Reasons.Count > 0) console.Write(Reasons(report));
    }

    private static Table Decisions(BacktestReport report)
    {
        var table = NewTable("decision", "attempts", "a day", "fraud", "honest", "unknown");
        for (var d = 0; d < report.Decisions.Count; d++)
        {
            var counts = report.Decisions[d];
            Add(table, Name((FraudDecision)d), $"{counts.All:N0}",
                $"{(double)counts.All / Math.Max(1, report.Days):N1}", $"{counts.Fraud:N0}",
                $"{counts.Honest:N0}", $"{counts.Unknown:N0}");
        }
        return table;
    }

    private static Table Borders(FraudThresholds thresholds, BacktestReport report)
    {
        var table = NewTable("alert", "alerts", "a day", "precision", "recall");
        foreach (var decision in new[]
            { FraudDecision.Challenge, FraudDecision.Review, FraudDecision.Block })
        {
            AddQuality(table, $"{Name(decision)} or sterner", report.From(decision), report.Days);
        }
        foreach (var score in Enumerable.Range(1, 10).Select(ten => 10 * ten)
            .Union([thresholds.Challenge, thresholds.Review, thresholds.Block])
            .Where(score => score <= 100).Order())
        {
            AddQuality(table, $"score {score} or more", report.From(score), report.Days);
        }
        return table;
    }

    private static Table Cards(BacktestReport report)
    {
        var table = NewTable("cards with", "cards", "a day", "precision", "recall");
        for (var d = 1; d < report.Cards.Count; d++)
        {
            AddQuality(
                table, $"{Name((FraudDecision)d)} or sterner", report.Cards[d], report.Days);
        }
        return table;
    }

    private static Table Scenarios(BacktestReport report)
    {
        var table = NewTable("kind of fraud", "frauds", "challenged", "reviewed", "blocked");
        foreach (var one in report.Scenarios)
        {
            Add(table, one.Scenario, $"{one.Frauds:N0}", Share(one.Challenged, one.Frauds),
                Share(one.Reviewed, one.Frauds), Share(one.Blocked, one.Frauds));
        }
        return table;
    }

    private static Table Reasons(BacktestReport report)
    {
        var table = NewTable("reason", "attempts", "fraud", "honest", "unknown");
        foreach (var reason in report.Reasons)
        {
            Add(table, reason.Code, $"{reason.Labels.All:N0}", $"{reason.Labels.Fraud:N0}",
                $"{reason.Labels.Honest:N0}", $"{reason.Labels.Unknown:N0}");
        }
        return table;
    }

    private static void AddQuality(Table table, string name, AlertQuality quality, int days) =>
        Add(table, name, $"{quality.Alerts:N0}",
            $"{(double)quality.Alerts / Math.Max(1, days):N1}",
            quality.Precision is { } precision ? $"{precision:P1}" : "-",
            quality.Recall is { } recall ? $"{recall:P1}" : "-");

    private static string Share(long part, long all) =>
        $"{part:N0} ({(double)part / Math.Max(1, all):P0})";

    private static void Add(Table table, string name, params string[] cells) =>
        table.AddRow([Markup.Escape(name), .. cells.Select(cell => Markup.Escape(cell))]);

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(columns[0]);
        foreach (var column in columns.Skip(1))
            table.AddColumn(new TableColumn(column).RightAligned());
        return table;
    }

    private static string Name(FraudDecision decision) =>
        decision.ToString().ToLowerInvariant();
}
