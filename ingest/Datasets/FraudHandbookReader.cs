namespace StreamCommerce.Ingest.Datasets;

/// <summary>A payment of which it is known whether it was fraud.</summary>
/// <param name="Transaction">Its number.</param>
/// <param name="Time">When, taken as UTC.</param>
/// <param name="Customer">Who paid.</param>
/// <param name="Terminal">Where.</param>
/// <param name="Amount">How much; the dataset has no currency.</param>
/// <param name="Scenario">0: no fraud; 1: a high amount, 2: a compromised terminal, 3: a
/// compromised customer.</param>
public sealed record LabelledPayment(
    string Transaction, DateTimeOffset Time, string Customer, string Terminal, decimal Amount,
    int Scenario);

/// <summary>
/// The simulated payments of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot,
/// Bontempi) as one CSV file in the order of time, plain or gzip: <c>TRANSACTION_ID, TX_DATETIME,
/// CUSTOMER_ID, TERMINAL_ID, TX_AMOUNT, TX_FRAUD, TX_FRAUD_SCENARIO</c>.
/// </summary>
public static class FraudHandbookReader
{
    /// <summary>What the first line begins with.</summary>
    public const string FirstColumns = "TRANSACTION_ID,TX_DATETIME";

    private const int Id = 0;
    private const int Time = 1;
    private const int Customer = 2;
    private const int Terminal = 3;
    private const int Amount = 4;
    private const int Scenario = 5;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd HH:mm:ss"];

    /// <summary>Reads the rows; takes over the stream.</summary>
    /// <exception cref="InvalidDataException">A column is missing, a row is not as it should be,
    /// or times run backwards; the message names the line.</exception>
    public static IEnumerable<LabelledPayment> Read(Stream file)
    {
        using var table = new TableReader(DatasetStream.Open(file), ',', quotes: false,
            "TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT",
            "TX_FRAUD_SCENARIO");
        var last = DateTimeOffset.MinValue;
        while (table.Read())
        {
            if (!TryRead(table, out var payment))
                throw new InvalidDataException($"Line {table.Line}: {table.Problem}");
            if (payment.Time < last)
                throw new InvalidDataException($"Line {table.Line} runs back in time.");
            last = payment.Time;
            yield return payment;
        }
    }

    private static bool TryRead(TableReader table, out LabelledPayment payment)
    {
        payment = null!;
        if (table.Problem is not null
            || !table.TryText(Id, out var id)
            || !table.TryTime(Time, TimeFormats, out var time)
            || !table.TryText(Customer, out var customer)
            || !table.TryText(Terminal, out var terminal)
            || !table.TryPrice(Amount, out var amount)
            || !table.TryWhole(Scenario, out var scenario))
        {
            return false;
        }
        payment = new(id, time, customer, terminal, amount, (int)scenario);
        return scenario is >= 0 and <= 3 || table.RefuseValue(Scenario, "is not 0 to 3");
    }
}
