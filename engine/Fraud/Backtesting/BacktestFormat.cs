using System.Text.Json;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud.Backtesting;

/// <summary>Where past attempts are read from.</summary>
public sealed class BacktestFormat
{
    private readonly Func<Stream, IEnumerable<BacktestEvent>> _read;

    private BacktestFormat(
        string name, string summary, Func<Stream, IEnumerable<BacktestEvent>> read) =>
        (Name, Summary, _read) = (name, summary, read);

    /// <summary>Every format; a new one is one line here.</summary>
    public static IReadOnlyList<BacktestFormat> All { get; } =
    [
        new("attempts", "a screened attempt a line, as JSON with request, fraud and scenario",
            ReadAttempts),
        new("events", "this system's own events, a CloudEvent a line; purchases are attempts",
            ReadPurchases),
        new("handbook", "the Fraud Detection Handbook's simulated payments, CSV", ReadHandbook),
    ];

    /// <summary>What it is called on a command line.</summary>
    public string Name { get; }

    /// <summary>What it is, for a list of formats.</summary>
    public string Summary { get; }

    /// <summary>Reads attempts in the order of the file.</summary>
    /// <param name="input">Plain or gzip; closed when the sequence ends.</param>
    /// <exception cref="InvalidDataException">A line is not of the format; the message names it.
    /// </exception>
    public IEnumerable<BacktestEvent> Read(Stream input) => _read(input);

    private static IEnumerable<BacktestEvent> ReadAttempts(Stream input)
    {
        using var lines = new StreamReader(DatasetStream.Open(input));
        var number = 0L;
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line)) yield return Parse(line, number);
        }
    }

    private static BacktestEvent Parse(string line, long number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, FraudJson.Stored.BacktestEvent)
                is { Request: not null } attempt ? attempt
                : throw new InvalidDataException($"Line {number} has no request.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"Line {number} is no attempt: {fault.Message.Split(" LineNumber:")[0]}", fault);
        }
    }

    private static IEnumerable<BacktestEvent> ReadPurchases(Stream input)
    {
        if (!DatasetFormat.TryParse("events", out var events))
            throw new InvalidOperationException("There is no format of events.");
        foreach (var row in events.Read(input))
        {
            var e = row.Event ?? throw new InvalidDataException($"Line {row.Line}: {row.Problem}");
            if (e.Name == EventName.Purchase && e.OrderPart == 1 && ToAttempt(e) is { } attempt)
                yield return attempt;
        }
    }

    // An event tells who and how much; card, address and device are not in it.
    private static BacktestEvent? ToAttempt(CommerceEvent e)
    {
        var prices = e.Lines.Where(line => line.UnitPrice is not null).ToList();
        if (prices.Count == 0) return null;
        var currency = prices[0].UnitPrice!.Value.Currency;
        return new(new()
        {
            Order = e.Order ?? new OrderId(e.Id.Value),
            Account = ScreeningRequest.AccountOf(e.Customer, e.Visitor),
            Amount = new(prices.Where(line => line.UnitPrice!.Value.Currency == currency)
                .Sum(line => line.Quantity * line.UnitPrice!.Value.Amount), currency),
            At = e.Time,
            Device = e.Visitor.Value,
            ShippingCountry = e.Region is { Length: 2 } ? e.Region : null,
            Units = e.Lines.Sum(line => line.Quantity),
        });
    }

    private static IEnumerable<BacktestEvent> ReadHandbook(Stream input)
    {
        var euro = Currency.Of("EUR");
        foreach (var payment in FraudHandbookReader.Read(input))
        {
            yield return new(
                new()
                {
                    Order = new(payment.Transaction),
                    Account = payment.Customer,
                    Terminal = payment.Terminal,
                    Amount = new(payment.Amount, euro),
                    At = payment.Time,
                },
                payment.Scenario != 0,
                payment.Scenario switch
                {
                    1 => "1 high amount",
                    2 => "2 compromised terminal",
                    3 => "3 compromised customer",
                    _ => null,
                });
        }
    }
}
