using System.Text.Json;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// Orders. What is searched by is a column; what was agreed and how far it has come are two
/// documents, the first written once and the second with each step.
/// </summary>
/// <remarks>
/// Where an order with something open is stored, and in which version, is kept: its steps come
/// within moments of each other. It is forgotten as <see cref="StockTable"/>'s.
/// </remarks>
internal sealed class OrderTable(SqliteSession session) : IOrderRows, IDisposable
{
    // Orders with something open: 3 MB. As many as can be under way, many times over.
    private const int KeptLimit = 20_000;

    // Bytes of a progress with an authorization and a capture. A row that grows over the end of
    // its page has SQLite move rows between pages, so an open one is as long as the last.
    private const int ProgressBytes = 800;

    private const string Columns =
        "SELECT number, id, state, version, terms, progress FROM shop_order ";

    private readonly StoredJsonWriter _json = new();
    private readonly Dictionary<OrderId, Place> _open = [];
    private readonly Lazy<Statement> _find = session.Prepare(Columns + "WHERE id = ?");
    private readonly Lazy<Statement> _version = session.Prepare(
        "SELECT number, version FROM shop_order WHERE id = ?");
    private readonly Lazy<Statement> _number = session.Prepare(
        "SELECT number FROM shop_order WHERE id = ?");
    private readonly Lazy<Statement> _due = session.Prepare(
        // By the partial index of what is open, which is short.
        Columns + "WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?");
    private readonly Lazy<Statement> _list = session.Prepare(
        Columns + "WHERE number < ? AND (? OR placed_at IS NOT NULL) " +
        "AND (? IS NULL OR state = ?) ORDER BY number DESC LIMIT ?");
    private readonly Lazy<Statement> _listOfCustomer = session.Prepare(
        Columns + "WHERE customer = ? AND number < ? AND (? OR placed_at IS NOT NULL) " +
        "AND (? IS NULL OR state = ?) ORDER BY number DESC LIMIT ?");
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO shop_order (id, state, version, customer, placed_at, due_at, terms, " +
        "progress) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    private readonly Lazy<Statement> _put = session.Prepare(
        "UPDATE shop_order SET state = ?, version = ?, placed_at = ?, due_at = ?, " +
        "progress = ? WHERE number = ?");

    public Order? Find(OrderId id)
    {
        using var rows = _find.Value.With(id.Value).Query();
        return rows.Next() ? Read(rows) : null;
    }

    public long VersionOf(OrderId id) => PlaceOf(id).Version;

    public void Add(Order order)
    {
        _add.Value
            .With(order.Id.Value).With((long)order.State).With(order.Version)
            .With(order.Terms.Customer?.Value).With(order.Progress.PlacedAt).With(order.DueAt)
            .With(_json.Write(order.Terms, StoredJson.Default.OrderTerms))
            .With(ProgressOf(order))
            .Run();
        Keep(order, session.LastRowId);
    }

    public void Put(Order order)
    {
        var number = PlaceOf(order.Id).Number;
        _put.Value
            .With((long)order.State).With(order.Version).With(order.Progress.PlacedAt)
            .With(order.DueAt).With(ProgressOf(order)).With(number)
            .Run();
        Keep(order, number);
    }

    /// <summary>A transaction begins.</summary>
    /// <param name="isCurrent">Whether what is kept is still what the database holds.</param>
    public void Begin(bool isCurrent)
    {
        if (!isCurrent || _open.Count > KeptLimit) Forget();
    }

    /// <summary>Forgets what is kept.</summary>
    public void Forget() => _open.Clear();

    public void Dispose() => _json.Dispose();

    public IReadOnlyList<Order> ListDue(DateTimeOffset now, int limit) =>
        ReadAll(_due.Value.With(now).With(limit));

    public IReadOnlyList<Order> List(OrderQuery query)
    {
        var before = long.MaxValue;
        if (query.Before is { } id)
        {
            using var rows = _number.Value.With(id.Value).Query();
            if (!rows.Next()) return [];
            before = rows.Long(0);
        }
        long? state = query.State is { } one ? (long)one : null;
        var statement = query.Customer is { } customer
            ? _listOfCustomer.Value.With(customer.Value)
            : _list.Value;
        return ReadAll(statement.With(before)
            .With(query.Attempts || query.State is not null ? 1 : 0)
            .With(state).With(state).With(query.Limit));
    }

    private ReadOnlySpan<byte> ProgressOf(Order order) => _json.Write(
        order.Progress, StoredJson.Default.OrderProgress,
        order.DueAt is null ? 0 : ProgressBytes);

    private void Keep(Order order, long number)
    {
        if (order.DueAt is null) _open.Remove(order.Id);
        else _open[order.Id] = new(number, order.Version);
    }

    private Place PlaceOf(OrderId id)
    {
        if (_open.TryGetValue(id, out var kept)) return kept;
        using var rows = _version.Value.With(id.Value).Query();
        return rows.Next() ? new(rows.Long(0), rows.Long(1)) : default;
    }

    private static List<Order> ReadAll(Statement statement)
    {
        var orders = new List<Order>();
        using var rows = statement.Query();
        while (rows.Next()) orders.Add(Read(rows));
        return orders;
    }

    private static Order Read(Statement.Rows rows) => new()
    {
        Id = new(rows.Text(1)),
        State = (OrderState)rows.Int(2),
        Version = rows.Long(3),
        Terms = JsonSerializer.Deserialize(rows.Blob(4), StoredJson.Default.OrderTerms)!,
        Progress = JsonSerializer.Deserialize(rows.Blob(5), StoredJson.Default.OrderProgress)!,
    };

    private readonly record struct Place(long Number, long Version);
}
