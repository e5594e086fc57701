using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Reservations, one row each, and the line of those that wait for units.</summary>
/// <remarks>
/// Those that were added are kept until they change: most are committed within moments. They are
/// forgotten as <see cref="StockTable"/>'s.
/// </remarks>
internal sealed class ReservationTable(SqliteSession session) : IReservationRows
{
    // Reservations: 10 MB. As many as checkouts can be under way, many times over.
    private const int KeptLimit = 20_000;

    private readonly Dictionary<ReservationId, Reservation> _added = [];
    private readonly StockLineCodec _lines = new(session.Texts);

    private readonly Lazy<Statement> _find = session.Prepare(
        "SELECT state, expires_at, lines FROM reservation WHERE id = ?");
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO reservation (id, state, expires_at, lines) VALUES (?, ?, ?, ?) " +
        "ON CONFLICT (id) DO NOTHING");
    private readonly Lazy<Statement> _setState = session.Prepare(
        "UPDATE reservation SET state = ? WHERE id = ?");
    private readonly Lazy<Statement> _put = session.Prepare(
        "UPDATE reservation SET state = ?, expires_at = ?, lines = ? WHERE id = ?");
    private readonly Lazy<Statement> _listDue = session.Prepare(
        "SELECT id FROM reservation WHERE state = 1 AND expires_at <= ? " +
        "ORDER BY expires_at, id LIMIT ?");
    private readonly Lazy<Statement> _enqueue = session.Prepare(
        "INSERT INTO stock_waiting (sku, region, reservation) VALUES (?, ?, ?)");
    private readonly Lazy<Statement> _listWaiting = session.Prepare(
        "SELECT number, reservation FROM stock_waiting WHERE sku = ? AND region = ? " +
        "ORDER BY number LIMIT ?");
    private readonly Lazy<Statement> _dequeue = session.Prepare(
        "DELETE FROM stock_waiting WHERE number = ?");
    private readonly Lazy<Statement> _dequeueAll = session.Prepare(
        "DELETE FROM stock_waiting WHERE reservation = ?");
    private readonly Lazy<Statement> _listOpen = session.Prepare(
        "SELECT id FROM reservation WHERE state = 1 " +
        "UNION SELECT reservation FROM stock_waiting");

    public Reservation? Find(ReservationId id)
    {
        if (_added.TryGetValue(id, out var kept)) return kept;
        using var rows = _find.Value.With(id.Value).Query();
        return rows.Next()
            ? new(id, _lines.ReadReserved(rows.Blob(2)), (ReservationState)rows.Int(0),
                rows.Time(1))
            : null;
    }

    public bool TryAdd(Reservation reservation)
    {
        _add.Value.With(reservation.Id.Value).With((long)reservation.State)
            .With(reservation.ExpiresAt).With(_lines.WriteReserved(reservation.Lines)).Run();
        if (session.ChangedRows == 0) return false;
        _added[reservation.Id] = reservation;
        return true;
    }

    public void SetState(Reservation reservation, ReservationState state)
    {
        _added.Remove(reservation.Id);
        _setState.Value.With((long)state).With(reservation.Id.Value).Run();
    }

    public void Put(Reservation reservation)
    {
        _added.Remove(reservation.Id);
        _put.Value.With((long)reservation.State).With(reservation.ExpiresAt)
            .With(_lines.WriteReserved(reservation.Lines)).With(reservation.Id.Value).Run();
    }

    /// <summary>A transaction begins.</summary>
    /// <param name="isCurrent">Whether what is kept is still what the database holds.</param>
    public void Begin(bool isCurrent)
    {
        if (!isCurrent || _added.Count > KeptLimit) Forget();
    }

    /// <summary>Forgets what is kept.</summary>
    public void Forget() => _added.Clear();

    public IReadOnlyList<ReservationId> ListDue(DateTimeOffset now, int limit) =>
        ReadIds(_listDue.Value.With(now).With(limit));

    public void Enqueue(Sku sku, StockRegion region, ReservationId id) =>
        _enqueue.Value.With(sku.Value).With(region.Value).With(id.Value).Run();

    public IReadOnlyList<WaitingPlace> ListWaiting(Sku sku, StockRegion region, int limit)
    {
        var waiting = new List<WaitingPlace>();
        using var rows = _listWaiting.Value.With(sku.Value).With(region.Value).With(limit).Query();
        while (rows.Next()) waiting.Add(new(rows.Long(0), new(rows.Text(1))));
        return waiting;
    }

    public void Dequeue(WaitingPlace place) => _dequeue.Value.With(place.Number).Run();

    public void DequeueAll(ReservationId id) => _dequeueAll.Value.With(id.Value).Run();

    public IReadOnlyList<ReservationId> ListOpen() => ReadIds(_listOpen.Value);

    private static List<ReservationId> ReadIds(Statement statement)
    {
        var ids = new List<ReservationId>();
        using var rows = statement.Query();
        while (rows.Next()) ids.Add(new(rows.Text(0)));
        return ids;
    }
}
