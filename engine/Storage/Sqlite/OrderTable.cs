using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Orders with their lines.</summary>
internal sealed class OrderTable(SqliteSession session) : IOrderRows
{
    private const string Columns = "number, id, state, visitor, customer, session, region, " +
        "channel, reservation, total, currency, placed_at";

    private readonly Lazy<Statement> _find = session.Prepare(
        $"SELECT {Columns} FROM shop_order WHERE id = ?");
    private readonly Lazy<Statement> _listNewest = session.Prepare(
        $"SELECT {Columns} FROM shop_order ORDER BY number DESC LIMIT ?");
    private readonly Lazy<Statement> _findLines = session.Prepare(
        "SELECT sku, title, quantity, unit_price, total FROM order_line " +
        "WHERE shop_order = ? ORDER BY line");
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO shop_order (id, state, visitor, customer, session, region, channel, " +
        "reservation, total, currency, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private readonly Lazy<Statement> _addLine = session.Prepare(
        "INSERT INTO order_line (shop_order, line, sku, title, quantity, unit_price, total) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?)");

    public Order? Find(OrderId id)
    {
        using var rows = _find.Value.With(id.Value).Query();
        return rows.Next() ? Read(rows) : null;
    }

    public void Add(Order order)
    {
        _add.Value.With(order.Id.Value).With((long)order.State).With(order.Visitor.Value)
            .With(order.Customer?.Value).With(order.Session?.Value).With(order.Region)
            .With(order.Channel).With(order.Reservation.Value)
            .With(Amounts.Text(order.Total.Amount)).With(order.Total.Currency.Code)
            .With(order.PlacedAt).Run();
        var number = session.LastRowId;
        for (var i = 0; i < order.Lines.Count; i++)
        {
            var line = order.Lines[i];
            _addLine.Value.With(number).With(i).With(line.Sku.Value).With(line.Title)
                .With(line.Quantity).With(Amounts.Text(line.UnitPrice.Amount))
                .With(Amounts.Text(line.Total.Amount)).Run();
        }
    }

    public IReadOnlyList<Order> ListNewest(int limit)
    {
        var orders = new List<Order>();
        using var rows = _listNewest.Value.With(limit).Query();
        while (rows.Next()) orders.Add(Read(rows));
        return orders;
    }

    private Order Read(Statement.Rows rows)
    {
        var total = Amounts.Read(rows, 9, 10);
        return new Order
        {
            Id = new(rows.Text(1)),
            State = (OrderState)rows.Int(2),
            Visitor = new(rows.Text(3)),
            Customer = rows.TextOrNull(4) is { } customer ? new CustomerId(customer) : null,
            Session = rows.TextOrNull(5) is { } visit ? new SessionId(visit) : null,
            Region = rows.TextOrNull(6),
            Channel = rows.TextOrNull(7),
            Reservation = new(rows.Text(8)),
            Lines = ReadLines(rows.Long(0), total.Currency),
            Total = total,
            PlacedAt = rows.Time(11),
        };
    }

    private List<OrderLine> ReadLines(long number, Currency currency)
    {
        var lines = new List<OrderLine>();
        using var rows = _findLines.Value.With(number).Query();
        while (rows.Next())
        {
            lines.Add(new(new(rows.Text(0)), rows.Text(1), rows.Int(2),
                new(Amounts.Read(rows, 3), currency), new(Amounts.Read(rows, 4), currency)));
        }
        return lines;
    }
}
