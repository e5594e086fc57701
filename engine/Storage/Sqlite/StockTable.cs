using System.Text.Json;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// Shares, the ledger of movements, policies, warehouses and transfers.
/// </summary>
/// <remarks>
/// The products that are read are kept, so that a hot product's shares are read once and written
/// once a transaction, however many units move them: <see cref="Flush"/> writes them before the
/// commit. What is kept is what the open transaction has made of the database: after a rollback,
/// or where another connection has written, all of it is forgotten.
/// </remarks>
internal sealed class StockTable(SqliteSession session) : IStockRows
{
    // Products: about 20 MB. More than sell at a time, and when it is full it starts over.
    private const int KeptLimit = 50_000;

    private const string MovementColumns = "number, operation, kind, lines, reason, at";

    private readonly Dictionary<(Sku, StockRegion), ProductStock> _kept = [];
    private readonly Dictionary<StockRegion, IReadOnlyList<Warehouse>> _keptWarehouses = [];
    private readonly List<ProductStock> _changed = [];
    private readonly StockLineCodec _lines = new(session.Texts);

    private readonly Lazy<Statement> _list = session.Prepare(
        "SELECT warehouse, bucket, available, reserved, backordered, version FROM stock_share " +
        "WHERE sku = ? AND region = ?");
    private readonly Lazy<Statement> _listAll = session.Prepare(
        "SELECT warehouse, bucket, available, reserved, backordered, version, sku, region " +
        "FROM stock_share");
    private readonly Lazy<Statement> _listLevels = session.Prepare(
        "SELECT s.sku, s.region, available, reserved, backordered, version, p.policy " +
        "FROM stock_share s LEFT JOIN stock_policy p ON p.sku = s.sku " +
        "WHERE (s.sku, s.region) > (?, ?) ORDER BY s.sku, s.region");
    private readonly Lazy<Statement> _listRegions = session.Prepare(
        "SELECT DISTINCT region FROM stock_share WHERE sku = ?");
    private readonly Lazy<Statement> _put = session.Prepare(
        "INSERT INTO stock_share (sku, region, warehouse, bucket, available, reserved, " +
        "backordered, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?) " +
        "ON CONFLICT (sku, region, warehouse, bucket) DO UPDATE SET " +
        "available = excluded.available, reserved = excluded.reserved, " +
        "backordered = excluded.backordered, version = excluded.version");
    private readonly Lazy<Statement> _append = session.Prepare(
        "INSERT INTO stock_movement (operation, kind, lines, reason, at) VALUES (?, ?, ?, ?, ?)");
    private readonly Lazy<Statement> _findOperation = session.Prepare(
        $"SELECT {MovementColumns} FROM stock_movement " +
        $"WHERE operation = ? AND {Schema.OnceKinds}");
    private readonly Lazy<Statement> _listMovements = session.Prepare(
        $"SELECT {MovementColumns} FROM stock_movement WHERE number > ? ORDER BY number LIMIT ?");
    private readonly Lazy<Statement> _findPolicy = session.Prepare(
        "SELECT policy FROM stock_policy WHERE sku = ?");
    private readonly Lazy<Statement> _putPolicy = session.Prepare(
        "INSERT INTO stock_policy (sku, policy) VALUES (?, ?) " +
        "ON CONFLICT (sku) DO UPDATE SET policy = excluded.policy");
    private readonly Lazy<Statement> _listWarehouses = session.Prepare(
        "SELECT id, priority FROM warehouse WHERE region = ? ORDER BY priority, id");
    private readonly Lazy<Statement> _putWarehouse = session.Prepare(
        "INSERT INTO warehouse (region, id, priority) VALUES (?, ?, ?) " +
        "ON CONFLICT (region, id) DO UPDATE SET priority = excluded.priority");
    private readonly Lazy<Statement> _findTransfer = session.Prepare(
        "SELECT route, quantity, state, sent_at, reason FROM stock_transfer WHERE id = ?");
    private readonly Lazy<Statement> _putTransfer = session.Prepare(
        "INSERT INTO stock_transfer (id, route, quantity, state, sent_at, reason) " +
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state");

    public ProductStock Load(Sku sku, StockRegion region)
    {
        if (_kept.TryGetValue((sku, region), out var kept)) return kept;
        var shares = new List<Share>();
        using (var rows = _list.Value.With(sku.Value).With(region.Value).Query())
            while (rows.Next()) shares.Add(ReadShare(rows, sku, region));
        return _kept[(sku, region)] = new(
            sku, region, FindPolicy(sku) ?? StockPolicy.Default, [.. shares],
            ListWarehouses(region));
    }

    public void Append(StockMovement movement)
    {
        foreach (var line in movement.Lines)
        {
            var stock = Load(line.Share.Sku, line.Share.Region);
            if (stock.Apply(line)) _changed.Add(stock);
        }
        _append.Value.With(movement.Operation.Value).With((long)movement.Kind)
            .With(_lines.WriteMovement(movement.Lines)).With(movement.Reason)
            .With(movement.At).Run();
    }

    public StockMovement? FindOperation(OperationId operation)
    {
        using var rows = _findOperation.Value.With(operation.Value).Query();
        return rows.Next() ? ReadMovement(rows) : null;
    }

    public IReadOnlyList<StockMovement> ListMovements(long afterNumber, int limit)
    {
        var movements = new List<StockMovement>();
        using var rows = _listMovements.Value.With(afterNumber).With(limit).Query();
        while (rows.Next()) movements.Add(ReadMovement(rows));
        return movements;
    }

    public IReadOnlyList<StockLevel> ListLevels((Sku Sku, StockRegion Region)? after, int limit)
    {
        Flush();
        var levels = new List<StockLevel>();
        using var rows = _listLevels.Value.With(after?.Sku.Value ?? "")
            .With(after?.Region.Value ?? "").Query();
        // Added up here: grouping costs SQLite several times what reading the shares does.
        for (var isMore = rows.Next(); isMore && levels.Count < limit;)
        {
            var (sku, region) = (new Sku(rows.Text(0)), new StockRegion(rows.Text(1)));
            var policy = ReadPolicy(rows, 6) ?? StockPolicy.Default;
            var (available, reserved, backordered, version) = (0L, 0L, 0L, 0L);
            do
            {
                available += rows.Long(2);
                reserved += rows.Long(3);
                backordered += rows.Long(4);
                version += rows.Long(5);
                isMore = rows.Next();
            }
            while (isMore && rows.Is(0, sku.Value) && rows.Is(1, region.Value));
            levels.Add(new(
                sku, region, available, reserved, backordered, policy.PromisableOf(available),
                version)
            { IsTracked = policy.IsTracked });
        }
        return levels;
    }

    public void ReadShares(Action<Share> read)
    {
        Flush();
        using var rows = _listAll.Value.Query();
        while (rows.Next()) read(ReadShare(rows, new(rows.Text(6)), new(rows.Text(7))));
    }

    public StockPolicy? FindPolicy(Sku sku)
    {
        using var rows = _findPolicy.Value.With(sku.Value).Query();
        return rows.Next() ? ReadPolicy(rows, 0) : null;
    }

    public void PutPolicy(Sku sku, StockPolicy policy)
    {
        _putPolicy.Value.With(sku.Value)
            .With(JsonSerializer.Serialize(policy, StoredJson.Default.StockPolicy)).Run();
        Flush();
        Forget();
        var regions = new List<StockRegion>();
        using (var rows = _listRegions.Value.With(sku.Value).Query())
            while (rows.Next()) regions.Add(new(rows.Text(0)));
        foreach (var region in regions) session.Tell(StockChanged.Of(Load(sku, region)));
    }

    public IReadOnlyList<Warehouse> ListWarehouses(StockRegion region)
    {
        if (_keptWarehouses.TryGetValue(region, out var kept)) return kept;
        var found = new List<Warehouse>();
        using var rows = _listWarehouses.Value.With(region.Value).Query();
        while (rows.Next()) found.Add(new(new(rows.Text(0)), region, rows.Int(1)));
        return _keptWarehouses[region] = found;
    }

    public void PutWarehouse(Warehouse warehouse)
    {
        _putWarehouse.Value.With(warehouse.Region.Value).With(warehouse.Id.Value)
            .With(warehouse.Priority).Run();
        Flush();
        Forget();
    }

    public StockTransfer? FindTransfer(OperationId id)
    {
        using var rows = _findTransfer.Value.With(id.Value).Query();
        if (!rows.Next()) return null;
        var route = _lines.ReadMovement(rows.Blob(0));
        return new(id, route[0].Share, route[1].Share, rows.Int(1), rows.TextOrNull(4))
        {
            State = (TransferState)rows.Int(2),
            SentAt = rows.Time(3),
        };
    }

    public void PutTransfer(StockTransfer transfer) => _putTransfer.Value
        .With(transfer.Operation.Value)
        .With(_lines.WriteMovement([new(transfer.From, 0, 0), new(transfer.To, 0, 0)]))
        .With(transfer.Quantity).With((long)transfer.State).With(transfer.SentAt)
        .With(transfer.Reason).Run();

    /// <summary>A transaction begins.</summary>
    /// <param name="isCurrent">Whether what is kept is still what the database holds.</param>
    public void Begin(bool isCurrent)
    {
        if (!isCurrent || _kept.Count > KeptLimit) Forget();
    }

    /// <summary>Writes the shares that have moved, each once, and tells of their products.
    /// </summary>
    public void Flush()
    {
        foreach (var stock in _changed)
        {
            stock.TakeChanges(Put);
            session.Tell(StockChanged.Of(stock));
        }
        _changed.Clear();
    }

    /// <summary>Forgets what is kept, also what was not yet written.</summary>
    public void Forget()
    {
        _changed.Clear();
        _kept.Clear();
        _keptWarehouses.Clear();
    }

    private void Put(Share share) => _put.Value
        .With(share.Key.Sku.Value).With(share.Key.Region.Value).With(share.Key.Warehouse.Value)
        .With(share.Key.Bucket).With(share.Available).With(share.Reserved)
        .With(share.Backordered).With(share.Version).Run();

    private static Share ReadShare(Statement.Rows rows, Sku sku, StockRegion region) => new(
        new(sku, region, rows.Int(1), new(rows.Text(0))),
        rows.Long(2), rows.Long(3), rows.Long(5), rows.Long(4));

    private static StockPolicy? ReadPolicy(Statement.Rows rows, int column) => rows.IsNull(column)
        ? null
        : JsonSerializer.Deserialize(rows.Blob(column), StoredJson.Default.StockPolicy);

    private StockMovement ReadMovement(Statement.Rows rows) => new(
        new(rows.Text(1)), (MovementKind)rows.Int(2), _lines.ReadMovement(rows.Blob(3)),
        rows.TextOrNull(4), rows.Time(5))
    { Number = rows.Long(0) };
}
