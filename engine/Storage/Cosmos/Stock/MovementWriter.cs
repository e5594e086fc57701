using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Does movements over several shares, line by line, in the steps of a saga: each line is
/// idempotent, so whoever finds a movement half done does all of it again. Any thread.
/// </summary>
internal sealed class MovementWriter(ShareWriter shares, HybridClock clock)
{
    /// <summary>
    /// Does all lines; of a tentative movement that is not agreed on, those that give nothing: what
    /// is given before all have agreed might be gone when it is to be taken back.
    /// </summary>
    /// <returns>The shares that were moved now; null where one said no, which only a tentative
    /// movement's may. Its other lines are then to be undone.</returns>
    public async ValueTask<IReadOnlyList<Share>?> DoAsync(
        PendingDocument pending, CancellationToken ct)
    {
        var movement = pending.Movement;
        var moved = new List<Share>(movement.Lines.Count);
        var mayRefuse = pending is { IsTentative: true, IsAgreed: false };
        var lines = Lines(movement, line => !mayRefuse || line.Available <= 0);
        if (await MoveAsync(movement, lines, mayRefuse, moved, ct)) return moved;
        return mayRefuse
            ? null
            : throw new InvalidOperationException(
                $"Movement {movement.Number} ({movement.Kind} by {movement.Operation}) was " +
                "decided and cannot be done: its shares are not what the ledger says.");
    }

    /// <summary>Takes back what was done, and sees to it that the rest never will be.</summary>
    public async ValueTask<IReadOnlyList<Share>> UndoAsync(
        MovementDocument movement, CancellationToken ct)
    {
        var number = HybridClock.Format(clock.Next());
        var undone = await SideBySide.RunAsync(
            Enumerable.Range(0, movement.Lines.Count),
            line => shares.UndoAsync(movement, line, number, ct));
        return [.. undone.OfType<Share>()];
    }

    private async ValueTask<bool> MoveAsync(
        MovementDocument movement, List<int> lines, bool mayBeVoid, List<Share> moved,
        CancellationToken ct)
    {
        // What comes behind one that says no is not begun.
        foreach (var some in lines.Chunk(SideBySide.Limit))
        {
            var replies = await SideBySide.RunAsync(
                some, line => shares.MoveAsync(movement, line, mayBeVoid, ct));
            foreach (var (_, share) in replies)
                if (share is not null) moved.Add(share);
            if (replies.Any(reply => reply.Result == Written.Changed)) return false;
        }
        return true;
    }

    private static List<int> Lines(
        MovementDocument movement, Func<MovementLineDocument, bool> which) =>
        [.. Enumerable.Range(0, movement.Lines.Count).Where(i => which(movement.Lines[i]))];
}
