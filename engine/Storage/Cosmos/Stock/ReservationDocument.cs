using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>A reservation's lines and state, as they are or are to become.</summary>
internal sealed record ReservationStateDocument
{
    public ReservationState State { get; init; }

    public required IReadOnlyList<ReservedLineDocument> Lines { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public Reservation ToReservation(string id) =>
        new(new(id), [.. Lines.Select(line => line.ToLine())], State, ExpiresAt);

    public static ReservationStateDocument Of(Reservation reservation) => new()
    {
        State = reservation.State,
        Lines = [.. reservation.Lines.Select(ReservedLineDocument.Of)],
        ExpiresAt = reservation.ExpiresAt,
    };
}

/// <summary>
/// A reservation, and the movement of it that is under way: the document whose writes decide. A
/// new one has no <see cref="Current"/> until all of its shares hold their units.
/// </summary>
internal sealed record ReservationDocument : IDecision<ReservationDocument>
{
    /// <summary>The reservation's id, escaped; also the partition key.</summary>
    public required string Id { get; init; }

    public required string Reservation { get; init; }

    /// <summary>As it is; null while it is being made.</summary>
    public ReservationStateDocument? Current { get; init; }

    /// <summary>As it will be when the pending movement is done.</summary>
    public ReservationStateDocument? Next { get; init; }

    public PendingDocument? Pending { get; init; }

    /// <summary>Whether it has sold units that are not there yet.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>The reservation as callers see it; null while it is being made.</summary>
    public Reservation? ToReservation() => Current?.ToReservation(Reservation);

    public static ReservationDocument New(Reservation held, MovementDocument hold) => new()
    {
        Id = DocumentId.Of(held.Id.Value),
        Reservation = held.Id.Value,
        Next = ReservationStateDocument.Of(held),
        Pending = new() { Movement = hold, IsTentative = true },
    };

    /// <summary>One that holds nothing and never will.</summary>
    public static ReservationDocument Void(ReservationId id, DateTimeOffset now) => new()
    {
        Id = DocumentId.Of(id.Value),
        Reservation = id.Value,
        Current = new() { State = ReservationState.Released, Lines = [], ExpiresAt = now },
    };

    /// <summary>
    /// The document with what was decided: at once where no share can refuse it, else when all
    /// have agreed.
    /// </summary>
    public ReservationDocument Deciding(
        Reservation next, MovementDocument movement, bool isTentative)
    {
        var pending = new PendingDocument { Movement = movement, IsTentative = isTentative };
        var state = ReservationStateDocument.Of(next);
        return isTentative
            ? this with { Next = state, Pending = pending }
            : With(state) with { Pending = pending };
    }

    public ReservationDocument Agreed() =>
        this with { Pending = Pending! with { IsAgreed = true } };

    public ReservationDocument Refused() =>
        this with { Pending = Pending! with { IsRefused = true } };

    public ReservationDocument? Undone() =>
        Current is null ? null : this with { Pending = null, Next = null };

    public ReservationDocument Settled() => Pending is { IsTentative: true }
        ? With(Next!) with { Next = null, Pending = null }
        : this with { Next = null, Pending = null };

    /// <summary>The document with another state and nothing else.</summary>
    public ReservationDocument With(ReservationStateDocument state) => this with
    {
        Current = state,
        IsWaiting = state.State == ReservationState.Committed
            && state.Lines.Any(line => line.Backordered > 0),
    };
}
