using System.Text;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Fraud.Backtesting;
using StreamCommerce.Tests.Ingest.Datasets;
using Xunit;
using static StreamCommerce.Tests.Engine.Fraud.Attempts;

namespace StreamCommerce.Tests.Engine.Fraud;

public sealed class BacktestTests
{
    private static readonly FraudPolicy Simple = Policy(
        Rule("amount", 100, 40), Rule("amount", 500, 60), Rule("account.frauds.7d", 1, 30));

    [Fact]
    public void Decisions_precision_and_recall_are_those_of_a_small_known_past()
    {
        BacktestEvent[] past =
        [
            new(Attempt("a", 0, 20, "ann"), false),
            new(Attempt("b", 1, 200, "bob"), true, "high"),
            new(Attempt("c", 2, 150, "cid"), false),
            new(Attempt("d", 3, 900, "dan"), true, "high"),
            new(Attempt("e", 4, 30, "eve"), true, "low"),
            new(Attempt("f", 5, 300, "fay")),
        ];

        var report = Backtest.Run(Simple, past, new());

        Assert.Equal(new LabelCounts(3, 2, 1), report.Labels);
        Assert.Equal([new(1, 1, 0), new(1, 1, 1), new(0, 0, 0), new(1, 0, 0)], report.Decisions);
        var alerts = report.From(FraudDecision.Challenge);
        Assert.Equal((4, 2.0 / 3, 2.0 / 3), (alerts.Alerts, alerts.Precision, alerts.Recall));
        Assert.Equal((1.0, 1.0 / 3), (report.From(85).Precision, report.From(85).Recall));
        Assert.Equal([new("high", 2, 2, 1, 1), new("low", 1, 0, 0, 0)], report.Scenarios);
        // At 100: 1 of 1. At 40: 2 of 3. At 0: 3 of 5.
        Assert.Equal((1.0 + (2.0 / 3) + (3.0 / 5)) / 3, report.AveragePrecision, 9);
        Assert.Equal(0.03, report.CardPrecisionAt100, 9);
        Assert.Equal(1, report.Days);
    }

    [Fact]
    public void A_fraud_is_known_only_when_its_label_is_due()
    {
        BacktestEvent Small(string order, double days) =>
            new(Attempt(order, days * 24 * 60, 20, "ann"), false);
        BacktestEvent[] past =
        [
            new(Attempt("stolen", 0, 20, "ann"), true),
            Small("next", 1), Small("before", 6.9), Small("after", 7.1),
        ];
        var now = new BacktestOptions { LabelDelay = TimeSpan.Zero };

        Assert.Equal(1, Backtest.Run(Simple, past, new()).Scores[30].All);
        Assert.Equal(2, Backtest.Run(Simple, past, now).Scores[30].All);
    }

    [Fact]
    public void Only_the_asked_time_is_reported_and_all_before_is_learned_from()
    {
        var past = Enumerable.Range(0, 20).Select(day => new BacktestEvent(
            Attempt($"o{day}", day * 24 * 60, 20, "ann"), day == 0)).ToList();

        var report = Backtest.Run(Simple, past, new()
        {
            From = Start.AddDays(8),
            To = Start.AddDays(10),
        });

        Assert.Equal((8, 2, 2), (report.Learned, report.Labels.All, report.Days));
        Assert.Equal(2, report.Scores[30].All);
    }

    [Fact]
    public void Accounts_known_to_be_defrauded_are_left_out_where_that_is_asked_for()
    {
        var past = Enumerable.Range(0, 20).Select(day => new BacktestEvent(
            Attempt($"o{day}", day * 24 * 60, 20, day % 2 == 0 ? "ann" : "bob"), day == 0));

        var report = Backtest.Run(Simple, past, new()
        {
            From = Start.AddDays(10),
            KnownSince = TimeSpan.FromDays(14),
        });

        Assert.Equal((5, 5), (report.LeftOut, report.Labels.All));
    }

    [Fact]
    public void A_past_in_disorder_is_refused()
    {
        BacktestEvent[] past = [new(Attempt("late", 5)), new(Attempt("early", 4))];

        var refusal = Assert.Throws<InvalidDataException>(
            () => Backtest.Run(Simple, past, new()));

        Assert.Contains("early", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attempts_are_read_from_lines_of_json()
    {
        const string Lines = """
            {"request":{"order":"o1","account":"a","card":"c",AMOUNT},"fraud":true,"scenario":"x"}

            {"request":{"order":"o2","account":"b",AMOUNT}}
            """;
        const string Amount =
            """ "amount":{"amount":20,"currency":"EUR"},"at":"2026-03-02T10:00:00Z" """;
        var text = Lines.Replace("AMOUNT", Amount, StringComparison.Ordinal);

        var read = Read("attempts", text).ToList();

        Assert.Equal(("o1", "c", true, "x"), (read[0].Request.Order.Value,
            read[0].Request.Card, read[0].Fraud, read[0].Scenario));
        Assert.Null(read[1].Fraud);
        var refusal = Assert.Throws<InvalidDataException>(
            () => Read("attempts", text + "\n{}").ToList());
        Assert.Contains("Line 4", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_handbooks_first_weeks_are_judged_as_they_were_when_this_was_written()
    {
        var file = DatasetFiles.Shared("fraud/handbook_simulated.csv.gz");
        var rules = FraudRules.TryRead(File.ReadAllBytes(HandbookRules()), out var faults);
        Assert.Empty(faults);

        var format = BacktestFormat.All.Single(format => format.Name == "handbook");
        var report = Backtest.Run(rules!, format.Read(File.OpenRead(file)), new()
        {
            From = new DateTimeOffset(2018, 4, 22, 0, 0, 0, TimeSpan.Zero),
            To = new DateTimeOffset(2018, 4, 29, 0, 0, 0, TimeSpan.Zero),
        });

        Assert.Equal(7, report.Days);
        var high = report.Scenarios.Single(s => s.Scenario == "1 high amount");
        Assert.Equal(high.Frauds, high.Blocked);
        Assert.True(report.From(FraudDecision.Review).Precision > 0.5);
        Assert.True(report.From(FraudDecision.Review).Recall > 0.5);
    }

    private static IEnumerable<BacktestEvent> Read(string format, string text) =>
        BacktestFormat.All.Single(f => f.Name == format)
            .Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static string HandbookRules() => Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(DatasetFiles.Sample)!, "..", "..", "..", "engine", "Fraud",
        "handbook-rules.json"));
}
