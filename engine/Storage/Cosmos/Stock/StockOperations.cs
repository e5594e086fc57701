using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Operations on stock that are no reservation: each has a document of its id, which tells a repeat
/// from a first, and finishes what a crash has left. Any thread, any number of instances.
/// </summary>
internal sealed class StockOperations(
    DocumentContainer operations, MovementWriter movements, StockReader reader,
    Backfill backfill, HybridClock clock, TimeProvider time)
{
    // Buyers who take, between the reading and the batch, what was read.
    private const int RaceLimit = 10;

    private readonly Settlement<OperationDocument> _settlement =
        new(operations, movements, reader, time);

    /// <summary>The operation with nothing pending; null where there is none.</summary>
    public ValueTask<OperationDocument?> FindAsync(OperationId id, CancellationToken ct) =>
        FindAsync(id, isCurrent: false, ct);

    private async ValueTask<OperationDocument?> FindAsync(
        OperationId id, bool isCurrent, CancellationToken ct) =>
        (await _settlement.FindAsync(DocumentId.Of(id.Value), isCurrent, ct))?.Document;

    /// <summary>Does what an operation decides, once.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="decide">Reads and decides; called again where somebody was quicker.</param>
    /// <param name="checkRepeat">What is wrong with a repeat of what was done; null for nothing.
    /// </param>
    /// <param name="ct">Gives up waiting, not the operation.</param>
    /// <param name="transfer">The transfer that the operation begins; null for none.</param>
    public async ValueTask<Answer<StockMovement>> RunAsync(
        OperationId id, Func<ValueTask<Answer<StockMovement>>> decide,
        Func<StockMovement, Refusal?> checkRepeat, CancellationToken ct,
        StockTransfer? transfer = null)
    {
        for (var i = 0; i < RaceLimit; i++)
        {
            var decided = await decide();
            // Who is told no is told so of what is stored now: it may be a repeat of what another
            // instance has done.
            if (await FindAsync(id, isCurrent: !decided.Is(out var first, out var no), ct)
                is { } known)
            {
                if (known.Done is not { } done) return Taken(id);
                var movement = done.ToMovement();
                if (checkRepeat(movement) is { } refusal) return refusal;
                // Whoever did it may have ended before this, or is us, without an answer.
                await HandOutAsync(movement, ct);
                return movement;
            }
            if (first is null) return no!;
            var document = OperationDocument.New(
                MovementDocument.Of(first, clock), transfer);
            if (await _settlement.AddAsync(document, ct) != Written.Done) continue;
            await HandOutAsync(first, ct);
            return document.Done!.ToMovement();
        }
        throw new StoreUnavailableException($"Operation {id} meets too many others.");
    }

    /// <summary>Adds a transfer that another store has sent, where it is not known.</summary>
    public ValueTask<Written> AnnounceAsync(StockTransfer transfer, CancellationToken ct) =>
        _settlement.AddAsync(OperationDocument.Announced(transfer), ct);

    /// <summary>Puts the units of a transfer into its destination, once.</summary>
    /// <returns>Null where there is no such transfer.</returns>
    public async ValueTask<StockTransfer?> ClaimAsync(
        OperationId id, Func<StockTransfer, StockMovement> arrive, CancellationToken ct)
    {
        StockMovement? arrived = null;
        var settled = await _settlement.ChangeAsync(DocumentId.Of(id.Value), document =>
        {
            arrived = null;
            if (document.Transfer?.ToTransfer(id) is not { } transfer) return null;
            if (transfer.State == TransferState.Claimed) return document;
            arrived = arrive(transfer);
            return document.Claiming(MovementDocument.Of(arrived, clock));
        }, ct);
        if (arrived is not null) await HandOutAsync(arrived, ct);
        return settled?.Stored?.Document.Transfer?.ToTransfer(id);
    }

    // Units that have come go to those who wait for them.
    private async ValueTask HandOutAsync(StockMovement movement, CancellationToken ct)
    {
        foreach (var product in movement.Lines.Where(line => line.AvailableDelta > 0)
            .Select(line => (line.Share.Sku, line.Share.Region)).Distinct())
        {
            await backfill.RunAsync(
                [await reader.LoadAsync(product.Sku, product.Region, ct)], ct);
        }
    }

    private static Refusal Taken(OperationId id) => new(RefusalCode.IdReused,
        $"Operation {id} was used for a transfer from elsewhere; use a new id.");
}

/// <summary>A transfer's two shares and how far it is.</summary>
internal sealed record TransferDocument
{
    public required ShareKeyDocument From { get; init; }

    public required ShareKeyDocument To { get; init; }

    public int Quantity { get; init; }

    public string? Reason { get; init; }

    public TransferState State { get; init; }

    public DateTimeOffset SentAt { get; init; }

    public StockTransfer ToTransfer(OperationId id) =>
        new(id, From.ToKey(), To.ToKey(), Quantity, Reason) { State = State, SentAt = SentAt };

    public static TransferDocument Of(StockTransfer transfer) => new()
    {
        From = ShareKeyDocument.Of(transfer.From),
        To = ShareKeyDocument.Of(transfer.To),
        Quantity = transfer.Quantity,
        Reason = transfer.Reason,
        State = transfer.State,
        SentAt = transfer.SentAt,
    };
}

/// <summary>An operation that is told from its repeat by its id.</summary>
internal sealed record OperationDocument : IDecision<OperationDocument>
{
    /// <summary>The operation's id, escaped; also the partition key.</summary>
    public required string Id { get; init; }

    /// <summary>What it has moved, or is about to; null for a transfer from elsewhere.</summary>
    public MovementDocument? Done { get; init; }

    public TransferDocument? Transfer { get; init; }

    public PendingDocument? Pending { get; init; }

    public static OperationDocument New(MovementDocument movement, StockTransfer? transfer) => new()
    {
        Id = DocumentId.Of(movement.Operation),
        Done = movement,
        Transfer = transfer is null ? null : TransferDocument.Of(transfer),
        Pending = movement.Lines.Count == 0 ? null : new()
        {
            Movement = movement,
            IsTentative = movement.Lines.Any(line => line.Available < 0),
        },
    };

    public static OperationDocument Announced(StockTransfer transfer) => new()
    {
        Id = DocumentId.Of(transfer.Operation.Value),
        Transfer = TransferDocument.Of(transfer),
    };

    public OperationDocument Claiming(MovementDocument arrival) => this with
    {
        Transfer = Transfer! with { State = TransferState.Claimed },
        Pending = new() { Movement = arrival },
    };

    public OperationDocument Agreed() =>
        this with { Pending = Pending! with { IsAgreed = true } };

    public OperationDocument Refused() =>
        this with { Pending = Pending! with { IsRefused = true } };

    public OperationDocument Settled() => this with { Pending = null };

    // Only new ones are tentative.
    public OperationDocument? Undone() => null;
}
