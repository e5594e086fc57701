using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>Reservations as sagas over their shares. Any thread, any number of instances.
/// </summary>
internal sealed class ReservationSagas(
    DocumentContainer reservations, MovementWriter movements, StockReader stock,
    WaitingLines waiting, HybridClock clock, TimeProvider time)
{
    private readonly Settlement<ReservationDocument> _settlement =
        new(reservations, movements, stock, time)
        {
            BeforeSettled = (settled, movement, ct) => settled.IsWaiting
                ? waiting.AddAsync(settled, movement, ct) : default,
        };

    /// <summary>The reservation; null where there is none.</summary>
    public async ValueTask<Reservation?> FindAsync(ReservationId id, CancellationToken ct) =>
        (await _settlement.FindAsync(DocumentId.Of(id.Value), isCurrent: false, ct))
            ?.Document.ToReservation();

    /// <summary>The reservation as it is now, whichever instance made it; null where there is none.
    /// </summary>
    public async ValueTask<Reservation?> FindCurrentAsync(
        ReservationId id, CancellationToken ct) =>
        (await _settlement.FindAsync(DocumentId.Of(id.Value), isCurrent: true, ct))
            ?.Document.ToReservation();

    /// <summary>Makes a reservation: holds all its units, or none.</summary>
    /// <param name="held">What is to be held.</param>
    /// <param name="hold">The movement of its shares.</param>
    /// <param name="ct">Gives up waiting; whoever asks next finishes it.</param>
    /// <returns>Done; Changed where a share has too little now; Conflict where there is a
    /// reservation with the id.</returns>
    public ValueTask<Written> TryAddAsync(
        Reservation held, MovementDocument hold, CancellationToken ct) =>
        _settlement.AddAsync(ReservationDocument.New(held, hold), ct);

    /// <summary>
    /// Puts one that is over, and never held anything, in the place of a reservation that is not
    /// to be made any more.
    /// </summary>
    /// <returns>False where there is a reservation; reads see it from then on.</returns>
    public async ValueTask<bool> TryVoidAsync(ReservationId id, CancellationToken ct) =>
        await _settlement.AddAsync(
            ReservationDocument.Void(id, time.GetUtcNow()), ct) == Written.Done;

    /// <summary>Decides on a reservation as it is.</summary>
    /// <param name="id">Which.</param>
    /// <param name="decide">The rule; it may be called again on a newer state.</param>
    /// <param name="isTentative">Whether a share may say no to what was decided.</param>
    /// <param name="ct">Gives up waiting, not what was decided.</param>
    /// <returns>The reservation afterwards, or the rule's refusal; null where there is none, or
    /// where a share has said no.</returns>
    public async ValueTask<Answer<Reservation>?> ChangeAsync(
        ReservationId id, Func<Reservation, Answer<StockPlan>> decide, bool isTentative,
        CancellationToken ct)
    {
        Refusal? refusal = null;
        var settled = await _settlement.ChangeAsync(DocumentId.Of(id.Value), document =>
        {
            var before = document.ToReservation()!;
            if (!decide(before).Is(out var plan, out refusal)) return null;
            // Also where nothing moves but the reservation is to stand in line from now on.
            if (plan.Movement is { } movement
                && (movement.Lines.Count > 0 || plan.Reservation.IsWaiting))
            {
                return document.Deciding(plan.Reservation,
                    MovementDocument.Of(movement, clock), isTentative);
            }
            return ReferenceEquals(plan.Reservation, before)
                ? document
                : document.With(ReservationStateDocument.Of(plan.Reservation));
        }, ct);
        if (refusal is not null) return refusal;
        if (settled is not { IsRefused: false, Stored.Document: { } after }) return null;
        return (Answer<Reservation>)after.ToReservation()!;
    }
}
