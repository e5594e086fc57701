using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Carts, their lines, and the operations that changed them.</summary>
internal sealed class CartTable(SqliteSession session) : ICartRows
{
    private readonly Lazy<Statement> _find = session.Prepare(
        "SELECT visitor, version, updated_at FROM cart WHERE id = ?");
    private readonly Lazy<Statement> _findLines = session.Prepare(
        "SELECT sku, quantity FROM cart_line WHERE cart = ? ORDER BY sku");
    private readonly Lazy<Statement> _put = session.Prepare(
        "INSERT INTO cart (id, visitor, version, updated_at) VALUES (?, ?, ?, ?) " +
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, " +
        "updated_at = excluded.updated_at");
    private readonly Lazy<Statement> _putLine = session.Prepare(
        "INSERT INTO cart_line (cart, sku, quantity) VALUES (?, ?, ?) " +
        "ON CONFLICT (cart, sku) DO UPDATE SET quantity = excluded.quantity");
    private readonly Lazy<Statement> _removeLine = session.Prepare(
        "DELETE FROM cart_line WHERE cart = ? AND sku = ?");
    private readonly Lazy<Statement> _removeLines = session.Prepare(
        "DELETE FROM cart_line WHERE cart = ?");
    private readonly Lazy<Statement> _listOf = session.Prepare(
        "SELECT id FROM cart WHERE visitor = ?");
    private readonly Lazy<Statement> _removeOperations = session.Prepare(
        "DELETE FROM cart_operation WHERE cart = ?");
    private readonly Lazy<Statement> _remove = session.Prepare(
        "DELETE FROM cart WHERE id = ?");
    private readonly Lazy<Statement> _knows = session.Prepare(
        "SELECT 1 FROM cart_operation WHERE cart = ? AND operation = ?");
    private readonly Lazy<Statement> _remember = session.Prepare(
        "INSERT INTO cart_operation (cart, operation, at) VALUES (?, ?, ?)");
    private readonly Lazy<Statement> _forget = session.Prepare(
        "DELETE FROM cart_operation WHERE (cart, operation) IN " +
        "(SELECT cart, operation FROM cart_operation WHERE at < ? LIMIT ?)");

    public Cart? Find(CartId id)
    {
        using var rows = _find.Value.With(id.Value).Query();
        return rows.Next()
            ? new(id, new(rows.Text(0)), ReadLines(id), rows.Long(1), rows.Time(2))
            : null;
    }

    public IReadOnlyList<Cart> ListOf(VisitorId visitor)
    {
        var ids = new List<CartId>();
        using (var rows = _listOf.Value.With(visitor.Value).Query())
        {
            while (rows.Next()) ids.Add(new(rows.Text(0)));
        }
        return [.. ids.Select(id => Find(id)!)];
    }

    public void Remove(CartId id)
    {
        _removeOperations.Value.With(id.Value).Run();
        _removeLines.Value.With(id.Value).Run();
        _remove.Value.With(id.Value).Run();
    }

    public void Put(Cart cart, Cart? before)
    {
        var id = cart.Id.Value;
        _put.Value.With(id).With(cart.Visitor.Value).With(cart.Version)
            .With(cart.UpdatedAt).Run();
        if (cart.Lines.Count == 0)
        {
            _removeLines.Value.With(id).Run();
            return;
        }
        // Only what differs: a full cart has 200 lines and one of them changes.
        foreach (var line in cart.Lines)
        {
            if (before?.QuantityOf(line.Sku) != line.Quantity)
                _putLine.Value.With(id).With(line.Sku.Value).With(line.Quantity).Run();
        }
        foreach (var line in before?.Lines ?? [])
        {
            if (cart.QuantityOf(line.Sku) == 0)
                _removeLine.Value.With(id).With(line.Sku.Value).Run();
        }
    }

    public bool Knows(CartId cart, OperationId operation)
    {
        using var rows = _knows.Value.With(cart.Value).With(operation.Value).Query();
        return rows.Next();
    }

    public void Remember(CartId cart, OperationId operation, DateTimeOffset at) =>
        _remember.Value.With(cart.Value).With(operation.Value).With(at).Run();

    public int Forget(DateTimeOffset before, int limit)
    {
        _forget.Value.With(before).With(limit).Run();
        return session.ChangedRows;
    }

    private List<CartLine> ReadLines(CartId id)
    {
        var lines = new List<CartLine>();
        using var rows = _findLines.Value.With(id.Value).Query();
        while (rows.Next()) lines.Add(new(new(rows.Text(0)), rows.Int(1)));
        return lines;
    }
}
