using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Shares, the ledger of movements, and reservations.</summary>
internal sealed class StockTable(SqliteSession session) : IStockRows
{
    private readonly Lazy<Statement> _find = session.Prepare(
        "SELECT available, reserved, version FROM stock_share " +
        "WHERE sku = ? AND region = ? AND bucket = ?");
    private readonly Lazy<Statement> _put = session.Prepare(
        "INSERT INTO stock_share (sku, region, bucket, available, reserved, version) " +
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sku, region, bucket) DO UPDATE SET " +
        "available = excluded.available, reserved = excluded.reserved, " +
        "version = excluded.version");
    private readonly Lazy<Statement> _append = session.Prepare(
        "INSERT INTO stock_movement (operation, kind, sku, region, bucket, available_delta, " +
        "reserved_delta, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private readonly Lazy<Statement> _findAdjustment = session.Prepare(
        $"SELECT {MovementColumns} FROM stock_movement WHERE operation = ? AND kind <= 2");
    private readonly Lazy<Statement> _listMovements = session.Prepare(
        $"SELECT {MovementColumns} FROM stock_movement WHERE number > ? ORDER BY number LIMIT ?");
    private readonly Lazy<Statement> _findReservation = session.Prepare(
        "SELECT number, state, expires_at FROM reservation WHERE id = ?");
    private readonly Lazy<Statement> _findLines = session.Prepare(
        "SELECT sku, region, bucket, quantity FROM reservation_line " +
        "WHERE reservation = ? ORDER BY line");
    private readonly Lazy<Statement> _addReservation = session.Prepare(
        "INSERT INTO reservation (id, state, expires_at) VALUES (?, ?, ?)");
    private readonly Lazy<Statement> _addLine = session.Prepare(
        "INSERT INTO reservation_line (reservation, line, sku, region, bucket, quantity) " +
        "VALUES (?, ?, ?, ?, ?, ?)");
    private readonly Lazy<Statement> _setState = session.Prepare(
        "UPDATE reservation SET state = ? WHERE id = ?");
    private readonly Lazy<Statement> _listDue = session.Prepare(
        "SELECT id FROM reservation WHERE state = 1 AND expires_at <= ? " +
        "ORDER BY expires_at, id LIMIT ?");

    private const string MovementColumns = "number, operation, kind, sku, region, bucket, " +
        "available_delta, reserved_delta, reason, at";

    public Share? Find(ShareKey key)
    {
        using var rows = With(_find.Value, key).Query();
        return rows.Next() ? new(key, rows.Long(0), rows.Long(1), rows.Long(2)) : null;
    }

    public void Put(Share share) => With(_put.Value, share.Key)
        .With(share.Available).With(share.Reserved).With(share.Version).Run();

    public void Append(StockMovement movement) => With(
        _append.Value.With(movement.Operation.Value).With((long)movement.Kind), movement.Share)
        .With(movement.AvailableDelta).With(movement.ReservedDelta)
        .With(movement.Reason).With(movement.At).Run();

    public StockMovement? FindAdjustment(OperationId operation)
    {
        using var rows = _findAdjustment.Value.With(operation.Value).Query();
        return rows.Next() ? ReadMovement(rows) : null;
    }

    public IReadOnlyList<StockMovement> ListMovements(long afterNumber, int limit)
    {
        var movements = new List<StockMovement>();
        using var rows = _listMovements.Value.With(afterNumber).With(limit).Query();
        while (rows.Next()) movements.Add(ReadMovement(rows));
        return movements;
    }

    public Reservation? Find(ReservationId id)
    {
        using var rows = _findReservation.Value.With(id.Value).Query();
        return rows.Next()
            ? new(id, ReadLines(rows.Long(0)), (ReservationState)rows.Int(1), rows.Time(2))
            : null;
    }

    public void Add(Reservation reservation)
    {
        _addReservation.Value.With(reservation.Id.Value).With((long)reservation.State)
            .With(reservation.ExpiresAt).Run();
        var number = session.LastRowId;
        for (var i = 0; i < reservation.Lines.Count; i++)
        {
            var line = reservation.Lines[i];
            With(_addLine.Value.With(number).With(i), line.Share).With(line.Quantity).Run();
        }
    }

    public void SetState(ReservationId id, ReservationState state) =>
        _setState.Value.With((long)state).With(id.Value).Run();

    public IReadOnlyList<ReservationId> ListDue(DateTimeOffset now, int limit)
    {
        var due = new List<ReservationId>();
        using var rows = _listDue.Value.With(now).With(limit).Query();
        while (rows.Next()) due.Add(new(rows.Text(0)));
        return due;
    }

    private static Statement With(Statement statement, ShareKey key) =>
        statement.With(key.Sku.Value).With(key.Region.Value).With(key.Bucket);

    private static ShareKey ReadKey(Statement.Rows rows, int column) =>
        new(new Sku(rows.Text(column)), new(rows.Text(column + 1)), rows.Int(column + 2));

    private static StockMovement ReadMovement(Statement.Rows rows) =>
        new(new(rows.Text(1)), (MovementKind)rows.Int(2), ReadKey(rows, 3), rows.Long(6),
            rows.Long(7), rows.TextOrNull(8), rows.Time(9))
        { Number = rows.Long(0) };

    private List<ReservedLine> ReadLines(long number)
    {
        var lines = new List<ReservedLine>();
        using var rows = _findLines.Value.With(number).Query();
        while (rows.Next()) lines.Add(new(ReadKey(rows, 0), rows.Int(3)));
        return lines;
    }
}
