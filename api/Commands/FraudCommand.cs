using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Fraud.Backtesting;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// <c>fraud backtest</c>: runs fraud rules over past attempts to buy and shows what they would
/// have done and, where it is known which were fraud, how well.
/// </summary>
internal sealed class FraudCommand(IAnsiConsole console, TimeProvider time)
{
    private readonly Option<string?> _rules = new("--rules")
    {
        Description = "The rules, as fraud.json; those of a shop without any, unless given.",
        HelpName = "FILE",
    };

    private readonly Option<string> _events = new("--events")
    {
        Description = "Past attempts in the order of their time, plain or gzip.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = string.Join(
            "; ", BacktestFormat.All.Select(format => $"{format.Name}: {format.Summary}")) + ".",
        DefaultValueFactory = _ => "attempts",
    };

    private readonly Option<DateTimeOffset?> _from = NewTime(
        "--from", "Report from this time on; learn from all before.");

    private readonly Option<DateTimeOffset?> _to = NewTime(
        "--to", "Stop at the first attempt of this time or later.");

    private readonly Option<int> _delay = new("--label-delay")
    {
        Description = "Days until a fraud becomes known, 0 to 365.",
        HelpName = "DAYS",
        DefaultValueFactory = _ => 7,
    };

    private readonly Option<int?> _leaveOut = new("--leave-out-known")
    {
        Description = "Do not report attempts of accounts with a known fraud that happened up to " +
            "so many days before --from, or later.",
        HelpName = "DAYS",
    };

    /// <param name="console">Where to show progress and results.</param>
    /// <param name="time">The clock of the progress.</param>
    public static Command Create(IAnsiConsole console, TimeProvider time) =>
        new FraudCommand(console, time).Create();

    private Command Create()
    {
        _format.AcceptOnlyFromAmong([.. BacktestFormat.All.Select(format => format.Name)]);
        _delay.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 365)
                result.AddError("--label-delay must be 0 to 365 days.");
        });
        _leaveOut.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > 365)
                result.AddError("--leave-out-known must be 0 to 365 days.");
        });
        var backtest = new Command(
            "backtest", "Runs fraud rules over the past: decisions, precision and recall.")
        {
            _rules, _events, _format, _from, _to, _delay, _leaveOut,
        };
        backtest.SetAction((parsed, ct) => RunAsync(parsed, ct));
        return new Command("fraud", "Tries fraud rules.") { backtest };
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var policy = await ReadRulesAsync(parsed.GetValue(_rules), ct);
        var format = BacktestFormat.All.First(f => f.Name == parsed.GetValue(_format));
        var from = parsed.GetValue(_from);
        var leaveOut = parsed.GetValue(_leaveOut);
        if (leaveOut is not null && from is null)
            throw new CommandFailedException("--leave-out-known needs --from.");
        var options = new BacktestOptions
        {
            From = from,
            To = parsed.GetValue(_to),
            LabelDelay = TimeSpan.FromDays(parsed.GetValue(_delay)),
            KnownSince = leaveOut is { } days ? TimeSpan.FromDays(days) : null,
        };
        await using var file = File.OpenRead(parsed.GetRequiredValue(_events));
        var meter = new ProgressMeter(time);
        BacktestReport? report = null;
        await ProgressDisplay.RunAsync(console, time, "Screening", meter, () => Task.Run(
            () => report = Backtest.Run(policy, Metered(format.Read(file), meter, ct), options),
            ct));
        new BacktestDisplay(console).Show(policy, report!);
        console.WriteLine(
            $"{meter.Done:N0} attempts in {meter.Elapsed.TotalSeconds:N1} s.");
        return CommandLine.Done;
    }

    private static async Task<FraudPolicy> ReadRulesAsync(string? file, CancellationToken ct)
    {
        if (file is null) return FraudRules.Default;
        return FraudRules.TryRead(await File.ReadAllBytesAsync(file, ct), out var faults)
            ?? throw new CommandFailedException(
                string.Join(Environment.NewLine, faults.Select(fault => $"{file}: {fault}")));
    }

    private static IEnumerable<BacktestEvent> Metered(
        IEnumerable<BacktestEvent> events, ProgressMeter meter, CancellationToken ct)
    {
        foreach (var e in events)
        {
            ct.ThrowIfCancellationRequested();
            meter.Add(1);
            yield return e;
        }
    }

    private static Option<DateTimeOffset?> NewTime(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "YYYY-MM-DD",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            {
                return at;
            }
            result.AddError($"{name} '{result.Tokens[0].Value}' is no date such as 2018-08-08.");
            return null;
        },
    };
}
