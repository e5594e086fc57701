using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// UCI Online Retail (<c>InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,
/// Country</c>): an invoice becomes a <c>purchase</c>, one whose number starts with C a
/// <c>refund</c>, at the time of its first line, in the order of the first lines.
/// </summary>
/// <remarks>
/// What the shop wrote is kept, dirt included:
/// <list type="bullet">
/// <item>Lines that occur twice stay twice: a till writes a product that is scanned twice as two
/// lines, and the shop's own totals include them.</item>
/// <item>Codes that are no goods (POST, DOT, M, D, BANK CHARGES, AMAZONFEE, …) stay ordinary
/// lines, as they are part of what was invoiced; so do the three "adjust bad debt" invoices
/// (A…), of which two are bad rows for their negative price.</item>
/// <item>Stock codes are case-sensitive, as written. A price of zero is a gift.</item>
/// <item>Bad are: fields that do not parse, a quantity of zero or less outside a cancellation (a
/// stock write-off, no sale) or above zero in one, and a negative price.</item>
/// <item>Times have no zone and are taken as UTC.</item>
/// </list>
/// Lines of two invoices of the same minute may interleave, so an invoice ends when
/// <see cref="WindowLines"/> lines without one of its own have passed. Memory is bounded by the
/// open invoices, and by the numbers of the ended ones: a late line would otherwise give a second
/// event with the same id, which the engine would take for a repetition.
/// </remarks>
internal sealed class OnlineRetailReader
{
    /// <summary>In the published file, two lines of an invoice are at most 3 lines apart.</summary>
    private const int WindowLines = 64;

    // The longest invoice of the published file has 1,114 lines.
    private const int InvoiceLinesLimit = 10_000;
    private const int OpenLimit = WindowLines;

    // About 70 bytes each; the published file has 25,900 in a year.
    private const int InvoiceLimit = 2_000_000;

    private static readonly Currency Pound = Currency.Of("GBP");

    private readonly List<Invoice> _open = [];
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    public static IEnumerable<DatasetRow> Read(Stream text) => new OnlineRetailReader().Rows(text);

    private IEnumerable<DatasetRow> Rows(Stream text)
    {
        using var table = OnlineRetailLine.Open(text);
        while (table.Read())
        {
            while (_open.Count > 0 && (table.Line - _open[0].LastLine > WindowLines
                || _open.Count > OpenLimit))
            {
                foreach (var row in EndOldest()) yield return row;
            }
            if (!OnlineRetailLine.TryRead(table, out var line) || !TryAdd(line, table))
                yield return DatasetRow.Bad(table.Line, table.Problem!);
        }
        while (_open.Count > 0)
        {
            foreach (var row in EndOldest()) yield return row;
        }
    }

    private bool TryAdd(in OnlineRetailLine line, TableReader table)
    {
        var invoice = FindOpen(line.Invoice);
        if (invoice is null)
        {
            if (_ended.Contains(line.Invoice))
            {
                return table.Refuse($"Invoice {line.Invoice} ended more than {WindowLines} lines " +
                    "above; the lines of an invoice must stand together.");
            }
            _open.Add(invoice = new Invoice(line, table.Line));
        }
        if (line.Customer != invoice.First.Customer || line.Country != invoice.First.Country)
        {
            return table.Refuse($"Invoice {line.Invoice} is of another customer or country " +
                $"in line {invoice.FirstLine}.");
        }
        if (invoice.Lines.Count == InvoiceLinesLimit)
        {
            return table.Refuse($"Invoice {line.Invoice} has more than {InvoiceLinesLimit} lines.");
        }
        invoice.LastLine = table.Line;
        invoice.Lines.Add(
            new EventLine(new Sku(line.StockCode), line.Units, new Money(line.UnitPrice, Pound)));
        return true;
    }

    private Invoice? FindOpen(string number)
    {
        // Mostly the newest.
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].First.Invoice == number) return _open[i];
        }
        return null;
    }

    private IEnumerable<DatasetRow> EndOldest()
    {
        var invoice = _open[0];
        _open.RemoveAt(0);
        if (_ended.Count == InvoiceLimit)
        {
            throw new InvalidDataException(
                $"More than {InvoiceLimit} invoices; cut the file into several, by date.");
        }
        _ended.Add(invoice.First.Invoice);
        foreach (var e in OrderParts.Cut(ToOrder(invoice.First), invoice.Lines))
            yield return DatasetRow.Good(invoice.FirstLine, e);
    }

    private static CommerceEvent ToOrder(in OnlineRetailLine first) => new()
    {
        Id = new EventId(first.Invoice),
        Source = "/dataset/online-retail",
        Name = first.IsCancellation ? EventName.Refund : EventName.Purchase,
        Time = first.Time,
        Visitor = new VisitorId(first.Customer is null
            ? $"invoice-{first.Invoice}" : $"customer-{first.Customer}"),
        Customer = first.Customer is null ? null : new CustomerId(first.Customer),
        Order = new OrderId(first.Invoice),
        Region = first.Country,
        Channel = "web",
    };

    private sealed class Invoice(in OnlineRetailLine first, long firstLine)
    {
        public OnlineRetailLine First { get; } = first;

        public long FirstLine { get; } = firstLine;

        public long LastLine { get; set; } = firstLine;

        public List<EventLine> Lines { get; } = [];
    }
}
