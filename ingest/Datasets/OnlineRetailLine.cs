using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>A line of Online Retail that is part of a sale or of its cancellation.</summary>
/// <param name="Invoice">The invoice's number; starts with C for a cancellation.</param>
/// <param name="StockCode">The product, as written.</param>
/// <param name="Units">From 1, also in a cancellation.</param>
/// <param name="UnitPrice">In pounds, not negative.</param>
/// <param name="Time">By the shop's clock, taken as UTC.</param>
/// <param name="Customer">Null where the shop did not know.</param>
/// <param name="Country">Where the customer lives, as written.</param>
internal readonly record struct OnlineRetailLine(
    string Invoice,
    string StockCode,
    int Units,
    decimal UnitPrice,
    DateTimeOffset Time,
    string? Customer,
    string Country)
{
    // The places of the columns that Open names.
    private const int InvoiceNo = 0;
    internal const int StockCodeColumn = 1;
    internal const int Description = 2;
    internal const int Quantity = 3;
    private const int InvoiceDate = 4;
    internal const int UnitPriceColumn = 5;
    private const int CustomerId = 6;
    private const int CountryColumn = 7;

    // The second is how spreadsheets write the published .xlsx.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd HH:mm:ss", "M/d/yyyy H:mm"];

    public bool IsCancellation => Invoice.StartsWith('C');

    public static TableReader Open(Stream text) => new(text, ',', quotes: true,
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
        "CustomerID", "Country");

    /// <summary>False for a row that is no part of a sale; the table's problem says why.</summary>
    public static bool TryRead(TableReader table, out OnlineRetailLine line)
    {
        line = default;
        if (table.Problem is not null
            || !table.TryText(InvoiceNo, out var invoice)
            || !table.TryText(StockCodeColumn, out var stockCode)
            || !table.TryWhole(Quantity, out var quantity)
            || !table.TryTime(InvoiceDate, TimeFormats, out var time)
            || !table.TryPrice(UnitPriceColumn, out var price)
            || !table.TryOptionalText(CustomerId, out var customer)
            || !table.TryText(CountryColumn, out var country))
        {
            return false;
        }
        var isCancellation = invoice.StartsWith('C');
        var units = isCancellation ? -quantity : quantity;
        if (units is < 1 or > EventRules.QuantityLimit)
        {
            return table.Refuse(isCancellation
                ? $"Quantity {quantity} in cancellation {invoice}; it must be negative."
                : $"Quantity {quantity} in invoice {invoice}, which is no sale.");
        }
        line = new(invoice, stockCode, (int)units, price, time, customer, country);
        return true;
    }
}
