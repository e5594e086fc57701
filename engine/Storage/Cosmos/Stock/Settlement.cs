using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>A document that decides about a movement of stock, and names it until it is done.
/// </summary>
internal interface IDecision<T> where T : class, IDecision<T>
{
    /// <summary>Also the partition key.</summary>
    string Id { get; }

    PendingDocument? Pending { get; }

    /// <summary>From here on no share can say no any more.</summary>
    T Agreed();

    /// <summary>From here on nobody does the movement any more.</summary>
    T Refused();

    /// <summary>After the movement was done.</summary>
    T Settled();

    /// <summary>After the movement was undone; null where the document is to go.</summary>
    T? Undone();
}

/// <summary>What a settlement came to.</summary>
/// <param name="Stored">The document with nothing pending; null where it is not there any more.
/// </param>
/// <param name="IsRefused">Whether a share has said no.</param>
internal sealed record Settled<T>(Stored<T>? Stored, bool IsRefused) where T : class;

/// <summary>
/// Sagas over shares, with compensation and without locks: a document's write decides, and names
/// the movement that follows from it; the shares are moved; the document forgets the movement.
/// Whoever finds a movement there finishes it first, so that a crash between any two steps leaves
/// nothing half done. Any thread, any number of instances.
/// </summary>
internal sealed class Settlement<T>(
    DocumentContainer documents, MovementWriter movements, StockReader stock, TimeProvider time)
    where T : class, IDecision<T>
{
    // Others that decide about the same document at the same moment: its buyer, its expiry.
    private const int ConflictLimit = 10;

    /// <summary>Does what must be done before a document forgets its movement.</summary>
    public Func<T, MovementDocument, CancellationToken, ValueTask>? BeforeSettled { get; init; }

    /// <summary>
    /// The document with nothing pending; null where there is none. One that was being made is
    /// made, or undone, by this.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="isCurrent">Whether it is to be as it is now; else what another instance wrote
    /// a moment ago may be missing, also all of it.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async ValueTask<Stored<T>?> FindAsync(
        string id, bool isCurrent, CancellationToken ct)
    {
        for (var i = 0; i < ConflictLimit; i++)
        {
            var stored = isCurrent
                ? await documents.FindCurrentAsync<T>(id, id, ct)
                : await documents.FindAsync<T>(id, id, ct);
            if (stored is null or { Document.Pending: null }) return stored;
            if (await SettleAsync(stored, ct) is { } settled) return settled.Stored;
        }
        throw Busy(id);
    }

    /// <summary>Adds a document with what it decides, and settles that.</summary>
    /// <returns>Done; Changed where a share has said no, and the document is gone again; Conflict
    /// where there is one with its id.</returns>
    public ValueTask<Written> AddAsync(T document, CancellationToken ct) =>
        SagaTime.RunAsync(time, token => AddInTimeAsync(document, token), ct);

    private async ValueTask<Written> AddInTimeAsync(T document, CancellationToken ct)
    {
        var reply = await documents.CreateAsync(document.Id, document, ct);
        if (reply.Result != Written.Done) return Written.Conflict;
        if (document.Pending is null) return Written.Done;
        // Somebody else was quicker to finish it; what came of it is seen by asking again.
        if (await SettleAsync(new(document, reply.ETag!), ct) is not { } settled)
            return Written.Conflict;
        return settled.IsRefused ? Written.Changed : Written.Done;
    }

    /// <summary>
    /// Decides about a document as it is, until nobody has changed it meanwhile, and settles that.
    /// That there is none, and a refusal, are decided on what is stored now: another instance may
    /// have written what is not seen here yet.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="decide">What it is to be; itself where nothing is to be done; null where it is
    /// refused. It may be called again on a newer state.</param>
    /// <param name="ct">Gives up waiting, not what was decided.</param>
    /// <returns>The document afterwards, and whether a share has said no; null where there is none,
    /// or it was refused.</returns>
    public ValueTask<Settled<T>?> ChangeAsync(
        string id, Func<T, T?> decide, CancellationToken ct) =>
        SagaTime.RunAsync(time, token => ChangeInTimeAsync(id, decide, token), ct);

    private async ValueTask<Settled<T>?> ChangeInTimeAsync(
        string id, Func<T, T?> decide, CancellationToken ct)
    {
        var isCurrent = false;
        for (var i = 0; i < ConflictLimit; i++)
        {
            var stored = await FindAsync(id, isCurrent, ct);
            if (stored is null || decide(stored.Document) is not { } changed)
            {
                if (isCurrent) return null;
                isCurrent = true;
                continue;
            }
            if (changed == stored.Document) return new(stored, false);
            var reply = await documents.ReplaceAsync(id, id, changed, stored.ETag, ct);
            if (reply.Result != Written.Done) continue;
            stored = new(changed, reply.ETag!);
            if (changed.Pending is null) return new(stored, false);
            if (await SettleAsync(stored, ct) is { } settled) return settled;
            // Another has finished it, and perhaps decided more; what was decided here holds.
            return new(await FindAsync(id, isCurrent: false, ct), false);
        }
        throw Busy(id);
    }

    /// <summary>Finishes what is pending.</summary>
    /// <returns>Null where another has written the document meanwhile: read it again.</returns>
    private async ValueTask<Settled<T>?> SettleAsync(Stored<T> stored, CancellationToken ct)
    {
        var document = stored.Document;
        var pending = document.Pending!;
        if (!pending.IsRefused)
        {
            if (await movements.DoAsync(pending, ct) is { } moved)
            {
                // What gives units gives them when nobody can refuse any more, and not before.
                if (pending is { IsTentative: true, IsAgreed: false }
                    && pending.Movement.Lines.Any(line => line.Available > 0))
                {
                    await TellAsync(moved, ct);
                    return await ReplaceAsync(document.Agreed(), stored.ETag, ct) is { } agreed
                        ? await SettleAsync(agreed, ct) : null;
                }
                var settled = document.Settled();
                if (BeforeSettled is { } before) await before(settled, pending.Movement, ct);
                var done = await ReplaceAsync(settled, stored.ETag, ct);
                await TellAsync(moved, ct);
                return done is null ? null : new(done, false);
            }
            if (await ReplaceAsync(document.Refused(), stored.ETag, ct) is not { } refused)
                return null;
            stored = refused;
        }
        var undone = await movements.UndoAsync(pending.Movement, ct);
        var restored = await RestoreAsync(stored, ct);
        await TellAsync(undone, ct);
        return restored;
    }

    /// <summary>The document as it was before what a share has refused.</summary>
    private async ValueTask<Settled<T>?> RestoreAsync(Stored<T> refused, CancellationToken ct)
    {
        var document = refused.Document;
        if (document.Undone() is { } before)
        {
            return await ReplaceAsync(before, refused.ETag, ct) is { } restored
                ? new(restored, true) : null;
        }
        var gone = await documents.DeleteAsync(document.Id, document.Id, refused.ETag, ct);
        return gone.Result is Written.Done or Written.Missing ? new(null, true) : null;
    }

    // What is stored is stored, whether it could be told or not; the change feed tells it again.
    private async ValueTask TellAsync(IReadOnlyList<Share> moved, CancellationToken ct)
    {
        try
        {
            await stock.TellAsync(moved, ct);
        }
        catch (StoreUnavailableException)
        {
        }
    }

    private async ValueTask<Stored<T>?> ReplaceAsync(T document, string etag, CancellationToken ct)
    {
        var reply = await documents.ReplaceAsync(document.Id, document.Id, document, etag, ct);
        return reply.Result == Written.Done ? new(document, reply.ETag!) : null;
    }

    private static StoreUnavailableException Busy(string id) =>
        new($"Document {id} is changed by too many at once.");
}
