using System.Globalization;
using System.Runtime.InteropServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// RetailRocket's <c>events.csv</c> (<c>timestamp,visitorid,event,itemid,transactionid</c>, Unix
/// milliseconds, no prices): <c>view</c>, <c>addtocart</c> and <c>transaction</c>.
/// </summary>
/// <remarks>
/// The file is in no order, so it is read whole, at most
/// <see cref="DatasetFormat.SortedRowLimit"/> rows, and sorted by time, then line; bad rows come
/// first. All rows of one transaction of one visitor, wherever they stand, are the lines of one
/// <c>purchase</c> at the time of the first: they differ by the seconds that the shop took to
/// write them, and half an order is none; these lines are kept beside the rows, some 100 bytes
/// each (purchases are one row in a hundred). Ids are made of what the row says, with a number
/// behind for rows that occur twice.
/// </remarks>
internal sealed class RetailRocketReader
{
    private const int Timestamp = 0;
    private const int VisitorColumn = 1;
    private const int EventColumn = 2;
    private const int ItemColumn = 3;
    private const int TransactionId = 4;

    private readonly record struct Row(
        DateTimeOffset Time, long Visitor, long Item, long Transaction, int Line, EventName Name);

    private readonly List<Row> _rows = [];
    private readonly Dictionary<(long Visitor, long Transaction), List<EventLine>> _orders = [];
    private readonly RepeatCounter<(long Visitor, long Item, EventName Name)> _repeats = new();

    public static IEnumerable<DatasetRow> Read(Stream text) => new RetailRocketReader().Rows(text);

    private IEnumerable<DatasetRow> Rows(Stream text)
    {
        using (var table = new TableReader(text, ',', quotes: true,
            "timestamp", "visitorid", "event", "itemid", "transactionid"))
        {
            while (table.Read())
            {
                if (TryRead(table, out var row)) Add(row);
                else yield return DatasetRow.Bad(table.Line, table.Problem!);
            }
        }
        _rows.Sort((a, b) => a.Time != b.Time
            ? a.Time.CompareTo(b.Time) : a.Line.CompareTo(b.Line));
        CollectOrders();
        foreach (var row in _rows)
        {
            if (row.Name != EventName.Purchase)
            {
                yield return DatasetRow.Good(row.Line, ToEvent(row));
            }
            else if (_orders.Remove((row.Visitor, row.Transaction), out var lines))
            {
                foreach (var e in OrderParts.Cut(ToOrder(row), lines))
                    yield return DatasetRow.Good(row.Line, e);
            }
        }
    }

    private void Add(in Row row)
    {
        if (_rows.Count == DatasetFormat.SortedRowLimit)
        {
            throw new InvalidDataException($"More than {_rows.Count} rows, which must be sorted " +
                "in memory; cut the file into several, by visitor.");
        }
        _rows.Add(row);
    }

    private void CollectOrders()
    {
        foreach (var row in _rows)
        {
            if (row.Name != EventName.Purchase) continue;
            ref var lines = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _orders, (row.Visitor, row.Transaction), out _);
            (lines ??= []).Add(new EventLine(new Sku(Text(row.Item)), 1));
        }
    }

    private static bool TryRead(TableReader table, out Row row)
    {
        row = default;
        if (table.Problem is not null
            || !table.TryUnixTime(Timestamp, TimeSpan.TicksPerMillisecond, out var time)
            || !table.TryWhole(VisitorColumn, out var visitor)
            || !TryName(table, out var name)
            || !table.TryWhole(ItemColumn, out var item))
        {
            return false;
        }
        var transaction = 0L;
        if (name == EventName.Purchase && !table.TryWhole(TransactionId, out transaction))
            return false;
        row = new(time, visitor, item, transaction, (int)table.Line, name);
        return true;
    }

    private static bool TryName(TableReader table, out EventName name)
    {
        var type = table.Bytes(EventColumn);
        name = type.SequenceEqual("view"u8) ? EventName.ViewItem
            : type.SequenceEqual("addtocart"u8) ? EventName.AddToCart
            : type.SequenceEqual("transaction"u8) ? EventName.Purchase
            : default;
        return name != default
            || table.RefuseValue(EventColumn, "is none of view, addtocart and transaction");
    }

    private CommerceEvent ToEvent(in Row row)
    {
        var number = _repeats.Next(row.Time, (row.Visitor, row.Item, row.Name));
        var id = $"{Text(row.Visitor)}/{Text(row.Time.ToUnixTimeMilliseconds())}/" +
            $"{row.Name.ToText()}/{Text(row.Item)}";
        return Template(row, number == 1 ? id : $"{id}/{Text(number)}") with
        {
            Lines = [new(new Sku(Text(row.Item)), 1)],
        };
    }

    private static CommerceEvent ToOrder(in Row row) =>
        Template(row, $"{Text(row.Visitor)}/transaction/{Text(row.Transaction)}") with
        {
            Order = new OrderId(Text(row.Transaction)),
        };

    private static CommerceEvent Template(in Row row, string id) => new()
    {
        Id = new EventId(id),
        Source = "/dataset/retailrocket",
        Name = row.Name,
        Time = row.Time,
        Visitor = new VisitorId(Text(row.Visitor)),
        Channel = "web",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
