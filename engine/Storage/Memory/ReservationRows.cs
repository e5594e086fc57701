using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Memory;

/// <summary>Reservations in dictionaries. Guarded by the lock of its shop.</summary>
internal sealed class ReservationRows : IReservationRows
{
    private readonly Dictionary<ReservationId, Reservation> _reservations = [];
    private readonly SortedSet<(DateTimeOffset End, string Id)> _held = [];
    private readonly List<(Sku Sku, StockRegion Region, WaitingPlace Place)> _waiting = [];
    private long _lastPlace;

    public Reservation? Find(ReservationId id) => _reservations.GetValueOrDefault(id);

    public bool TryAdd(Reservation reservation)
    {
        if (!_reservations.TryAdd(reservation.Id, reservation)) return false;
        Note(reservation);
        return true;
    }

    public void SetState(Reservation reservation, ReservationState state) =>
        Put(_reservations[reservation.Id] with { State = state });

    public void Put(Reservation reservation)
    {
        var before = _reservations[reservation.Id];
        _held.Remove((before.ExpiresAt, before.Id.Value));
        _reservations[reservation.Id] = reservation;
        Note(reservation);
    }

    public IReadOnlyList<ReservationId> ListDue(DateTimeOffset now, int limit) =>
        [.. _held.TakeWhile(held => held.End <= now).Take(limit)
            .Select(held => new ReservationId(held.Id))];

    public void Enqueue(Sku sku, StockRegion region, ReservationId id) =>
        _waiting.Add((sku, region, new(++_lastPlace, id)));

    public IReadOnlyList<WaitingPlace> ListWaiting(Sku sku, StockRegion region, int limit) =>
        [.. _waiting.Where(w => w.Sku == sku && w.Region == region)
            .Take(limit).Select(w => w.Place)];

    public void Dequeue(WaitingPlace place) => _waiting.RemoveAll(w => w.Place == place);

    public void DequeueAll(ReservationId id) =>
        _waiting.RemoveAll(w => w.Place.Reservation == id);

    public IReadOnlyList<ReservationId> ListOpen() =>
        [.. _held.Select(held => new ReservationId(held.Id))
            .Concat(_waiting.Select(w => w.Place.Reservation)).Distinct()];

    private void Note(Reservation reservation)
    {
        if (reservation.State == ReservationState.Held)
            _held.Add((reservation.ExpiresAt, reservation.Id.Value));
    }
}
