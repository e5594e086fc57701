using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// The stock's port on Cosmos DB. Decisions are those of <see cref="StockRules"/> and
/// <see cref="StockAllocation"/>; here is in which documents they are made, and in which order.
/// </summary>
/// <remarks>
/// <para>Three things are weaker than in a store with one writer. What is read of several shares
/// is not of one moment. The safety stock of a product with several shares is kept as of the
/// moment at which the shares were read; what is there is never sold twice all the same. And
/// movements leave the ledger after a while (<see cref="LedgerFolding"/>).</para>
/// <para>A buyer's requests do not grow with the buckets of a product: what this instance knows of
/// them (<see cref="KnownShares"/>) says which share to try, and the share says whether it has the
/// units. All are read only where it has not, or where only all of them together can tell.</para>
/// </remarks>
internal sealed class CosmosStock(
    StockReader reader, ReservationSagas sagas, StockOperations operations, Backfill backfill,
    StockLedger ledger, StockSweeps sweeps, StockLayouts layouts, HybridClock clock,
    TimeProvider time) : IStockStore
{
    // Buyers who take, between the reading and the batch, what was read.
    private const int RaceLimit = 10;

    public ValueTask<Share> GetAsync(ShareKey key, CancellationToken ct) =>
        reader.FindAsync(key, ct);

    public async ValueTask<IReadOnlyList<Share>> ListAsync(
        Sku sku, StockRegion region, CancellationToken ct) =>
        (await reader.LoadAsync(sku, region, ct)).Shares.ToArray();

    public async ValueTask<IReadOnlyList<StockLevel>> GetLevelsAsync(
        IReadOnlyList<Sku> skus, StockRegion region, CancellationToken ct) =>
        [.. (await reader.LoadAsync(skus, region, ct)).Select(stock => stock.ToLevel())];

    public ValueTask<IReadOnlyList<StockLevel>> SweepLevelsAsync(
        (Sku Sku, StockRegion Region)? after, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StockRules.SweepMaximum);
        return ledger.SweepAsync(after, limit, ct);
    }

    public async ValueTask<Answer<Share>> AdjustAsync(
        StockAdjustment adjustment, CancellationToken ct)
    {
        var answer = await operations.RunAsync(
            adjustment.Operation,
            async () => StockRules.Adjust(
                await reader.FindAsync(adjustment.Share, ct), adjustment, time.GetUtcNow()),
            done => done.Kind == adjustment.Kind && done.Lines.Count == 1
                && done.Lines[0] == new MovementLine(adjustment.Share, adjustment.Delta, 0)
                    ? null : StockRules.Reused(done),
            ct);
        return answer.Is(out _, out var refusal)
            ? await reader.FindAsync(adjustment.Share, ct)
            : refusal;
    }

    public async ValueTask<Answer<StockMovement>> RestockAsync(
        RestockUnits restock, CancellationToken ct)
    {
        Answer<StockMovement> decided = default;
        return await operations.RunAsync(restock.Operation,
            async () => decided = await DecideAsync(restock, ct), Check, ct);

        Refusal? Check(StockMovement done) => decided.Is(out var asked, out var no)
            ? StockRules.CheckRepeat(done, asked) : no;
    }

    /// <summary>
    /// Puts back what a step of an order says, once. The operation's id is the order's own, so that
    /// it is there means that this was done, also where the product's stock was not counted then
    /// and is now.
    /// </summary>
    /// <exception cref="InvalidOperationException">It cannot come back. Steps that say so are not
    /// stored, so it is a bug or somebody else's id; the step stays undone, for people to see.
    /// </exception>
    internal async ValueTask TakeBackAsync(RestockUnits restock, CancellationToken ct)
    {
        var answer = await operations.RunAsync(restock.Operation,
            () => DecideAsync(restock, ct),
            done => done.Kind == MovementKind.Restocked ? null : StockRules.Reused(done), ct);
        if (answer.Refusal is { } refusal)
        {
            throw new InvalidOperationException(
                $"What {restock.Operation} gives back cannot come back: {refusal.Detail}");
        }
    }

    /// <summary>
    /// Sees to it that a reservation holds nothing: also where it is not made yet, or by another
    /// instance whose writes are not seen here. It is not asked whether it is there, since that may
    /// change at any time: either nothing is there and its place is taken, or it is closed.
    /// </summary>
    /// <returns>The reservation: released or expired, or committed before.</returns>
    internal async ValueTask<Reservation> GiveUpAsync(ReservationId id, CancellationToken ct)
    {
        for (var i = 0; i < RaceLimit; i++)
        {
            if (await sagas.TryVoidAsync(id, ct))
                return new(id, [], ReservationState.Released, time.GetUtcNow());
            if ((await ReleaseAsync(id, ct)).Is(out var released, out _)) return released;
            // It was closed otherwise; or a share has said no while it was being made, and who
            // makes it tries again.
            if (await sagas.FindAsync(id, ct) is { State: not ReservationState.Held } closed)
                return closed;
        }
        throw TooQuick(id);
    }

    public ValueTask<Answer<Reservation>> ReserveAsync(
        StockRequest request, CancellationToken ct) =>
        SagaTime.RunAsync(time, token => ReserveInTimeAsync(request, token), ct);

    private async ValueTask<Answer<Reservation>> ReserveInTimeAsync(
        StockRequest request, CancellationToken ct)
    {
        if (StockRules.Check(request) is { } invalid) return invalid;
        var lines = StockRules.AddUp(request.Lines);
        Sku[] skus = [.. lines.Select(line => line.Sku)];
        for (var i = 0; i < RaceLimit; i++)
        {
            var (stocks, answer) = await AllocateAsync(request, lines, skus, mayTry: i == 0, ct);
            // A new id is the rule: it is looked up only where it cannot be added.
            if (answer.Is(out var held, out _))
            {
                var hold = HoldGuards.Of(
                    MovementDocument.Of(StockRules.Hold(held, time.GetUtcNow()), clock),
                    stocks, time.GetUtcNow(), debtsFirst: i == 0);
                var written = await sagas.TryAddAsync(held, hold, ct);
                if (written == Written.Done) return held;
                if (written == Written.Changed)
                {
                    // Units may be there that are sold already and were not handed out yet.
                    await backfill.RunAsync(
                        await reader.LoadAsync(skus, request.Region, ct), ct);
                    continue;
                }
            }
            // Who is told no is not one whose units another instance holds already.
            var refusal = answer.Refusal;
            var existing = refusal is null
                ? await sagas.FindAsync(request.Id, ct)
                : await sagas.FindCurrentAsync(request.Id, ct);
            if (existing is not null) return StockRules.Repeat(existing, request);
            if (refusal is not null) return refusal;
        }
        throw TooQuick(request.Id);
    }

    private async ValueTask<Answer<StockMovement>> DecideAsync(
        RestockUnits restock, CancellationToken ct)
    {
        var stocks = await reader.LoadAsync(
            [.. restock.Lines.Select(line => line.Sku).Distinct()], restock.Region, ct);
        return StockRules.Restock(restock, stocks, time.GetUtcNow());
    }

    public ValueTask<Answer<Reservation>> CommitAsync(ReservationId id, CancellationToken ct) =>
        CloseAsync(id, ReservationState.Committed, ct);

    public ValueTask<Answer<Reservation>> CommitPartAsync(
        ReservationId id, IReadOnlyList<StockLine> part, CancellationToken ct) =>
        ChangeAsync(id, reservation => StockRules.CommitPart(
            reservation, part, time.GetUtcNow()), ct);

    public ValueTask<Answer<Reservation>> ReleaseAsync(ReservationId id, CancellationToken ct) =>
        CloseAsync(id, ReservationState.Released, ct);

    public async ValueTask<Answer<Reservation>> ExtendAsync(
        ReservationId id, CancellationToken ct)
    {
        if (await sagas.FindAsync(id, ct) is not { } reserved) return Unknown(id);
        var lifetime = StockPolicy.LifetimeMaximum;
        foreach (var product in reserved.Lines
            .Select(line => (line.Share.Sku, line.Share.Region)).Distinct())
        {
            var layout = await layouts.FindAsync(product.Sku, product.Region, ct);
            if (layout.Policy.PaymentLifetime < lifetime) lifetime = layout.Policy.PaymentLifetime;
        }
        return await ChangeAsync(id, reservation =>
            StockRules.Extend(reservation, lifetime, time.GetUtcNow()).Is(
                out var extended, out var refusal)
                    ? new StockPlan(extended, null) : refusal, ct);
    }

    public ValueTask<Answer<Reservation>> CancelBackordersAsync(
        ReservationId id, CancellationToken ct) =>
        ChangeAsync(id, reservation => StockRules.CancelBackorders(
            reservation, time.GetUtcNow()), ct);

    public ValueTask<Reservation?> GetReservationAsync(ReservationId id, CancellationToken ct) =>
        sagas.FindAsync(id, ct);

    /// <summary>The reservation as it is now, whichever instance made it.</summary>
    internal ValueTask<Reservation?> GetCurrentAsync(ReservationId id, CancellationToken ct) =>
        sagas.FindCurrentAsync(id, ct);

    public async ValueTask<int> ExpireDueAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var due = await ledger.ListDueAsync(time.GetUtcNow(), limit, ct);
        var closed = 0;
        await Sweeping.ForEachAsync(due, async id =>
        {
            if ((await CloseAsync(id, ReservationState.Expired, ct)).Refusal is null) closed++;
        });
        await sweeps.RunAsync(limit, ct);
        // Who comes back at once while all were closed does not for those that cannot be.
        return closed;
    }

    public ValueTask<IReadOnlyList<StockMovement>> ReadMovementsAsync(
        long afterNumber, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return ledger.ReadAsync(afterNumber, limit, ct);
    }

    private ValueTask<Answer<Reservation>> CloseAsync(
        ReservationId id, ReservationState to, CancellationToken ct) =>
        ChangeAsync(id, reservation => StockRules.Close(reservation, to, time.GetUtcNow()), ct);

    // No share can refuse these: they move what the reservation itself has put there.
    private async ValueTask<Answer<Reservation>> ChangeAsync(
        ReservationId id, Func<Reservation, Answer<StockPlan>> decide, CancellationToken ct)
    {
        var answer = await sagas.ChangeAsync(id, decide, isTentative: false, ct);
        if (answer is not { } given) return Unknown(id);
        if (!given.Is(out var changed, out var refusal)) return refusal;
        if (changed.State == ReservationState.Held) return changed;
        await HandOutAsync(changed, ct);
        return changed.IsWaiting ? await sagas.FindAsync(id, ct) ?? changed : changed;
    }

    /// <summary>Finds the shares: first of what is known, where that can do.</summary>
    private async ValueTask<(ProductStock[] Stocks, Answer<Reservation> Answer)> AllocateAsync(
        StockRequest request, IReadOnlyList<StockLine> lines, Sku[] skus, bool mayTry,
        CancellationToken ct)
    {
        if (mayTry)
        {
            var known = await SideBySide.RunAsync(
                skus, sku => reader.FindKnownAsync(sku, request.Region, ct));
            ProductStock[] likely = [.. known.Select(one => one.Stock)];
            var tried = StockAllocation.Allocate(request, lines, likely, time.GetUtcNow());
            if (known.All(one => one.IsRead) || CanBeTried(tried, likely)) return (likely, tried);
        }
        var stocks = await reader.LoadAsync(skus, request.Region, ct);
        return (stocks, StockAllocation.Allocate(request, lines, stocks, time.GetUtcNow()));
    }

    /// <summary>
    /// Whether an answer from what is known needs no reading: the shares themselves will say
    /// whether they have the units. What is owed, and what is to stay, is a matter of all shares.
    /// </summary>
    private static bool CanBeTried(Answer<Reservation> answer, ProductStock[] stocks) =>
        answer.Is(out var held, out var refusal)
            ? held.Lines.All(line => line.Backordered == 0)
                && stocks.All(stock => stock.Shares.Length < 2
                    || stock.Policy is { SafetyStock: 0 } or { IsTracked: false })
            : refusal.Code != RefusalCode.OutOfStock;

    /// <summary>
    /// Serves those who wait for units that came back, or the reservation where it waits itself.
    /// Of a product that is owed to nobody what is known says so, and nothing is read.
    /// </summary>
    private async ValueTask HandOutAsync(Reservation closed, CancellationToken ct)
    {
        foreach (var product in closed.Lines.GroupBy(line => (line.Share.Sku, line.Share.Region)))
        {
            var (sku, region) = product.Key;
            var (stock, isRead) = await reader.FindKnownAsync(sku, region, ct);
            var hasGiven = closed.State != ReservationState.Committed
                || product.Any(line => line.Released > 0);
            var mayOwe = stock.Backordered > 0
                || stock.Policy is { BackorderLimit: > 0 } or { PreorderLimit: > 0 };
            if (!isRead && ((hasGiven && mayOwe) || product.Any(line => line.Backordered > 0)))
                stock = await reader.LoadAsync(sku, region, ct);
            await backfill.RunAsync([stock], ct);
        }
    }

    private static StoreUnavailableException TooQuick(ReservationId id) =>
        new($"The stock of reservation {id} is taken faster than it can be read.");

    private static Refusal Unknown(ReservationId id) =>
        new(RefusalCode.UnknownReservation, $"There is no reservation {id}.");
}
