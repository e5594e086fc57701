namespace StreamCommerce.Engine.Inventory;

/// <summary>The counts of a share, wherever they come from.</summary>
public readonly record struct ShareCounts(long Available, long Reserved, long Backordered);

/// <summary>A share that is not what the ledger or the reservations say.</summary>
/// <param name="Share">Which share.</param>
/// <param name="Stored">What the share says.</param>
/// <param name="Ledger">What its movements add up to.</param>
/// <param name="Promised">
/// What reservations hold of it and wait for; its available units are those of the ledger.
/// </param>
public sealed record StockDifference(
    ShareKey Share, ShareCounts Stored, ShareCounts Ledger, ShareCounts Promised);

/// <summary>What a reconciliation found.</summary>
/// <param name="MovementCount">Entries of the ledger.</param>
/// <param name="ShareCount">Shares.</param>
/// <param name="OpenReservationCount">Reservations that hold or wait for units.</param>
/// <param name="Differences">Shares that are wrong, at most
/// <see cref="StockReconciliation.DifferenceLimit"/>; empty where all is right.</param>
/// <param name="DifferenceCount">How many shares are wrong.</param>
public sealed record StockReport(
    long MovementCount,
    long ShareCount,
    long OpenReservationCount,
    IReadOnlyList<StockDifference> Differences,
    long DifferenceCount);

/// <summary>
/// Proves that the movements and the open reservations add up to the shares, or lists the shares
/// that differ. Pure: given all three as of one moment. One thread at a time.
/// </summary>
public sealed class StockReconciliation
{
    /// <summary>Differences that are listed: enough to see a pattern.</summary>
    public const int DifferenceLimit = 1_000;

    private readonly Dictionary<ShareKey, (ShareCounts Ledger, ShareCounts Promised)> _sums = [];
    private readonly List<StockDifference> _differences = [];
    private long _movements, _shares, _open, _differing;

    /// <summary>An entry of the ledger.</summary>
    public void Add(StockMovement movement)
    {
        _movements++;
        foreach (var line in movement.Lines)
        {
            var (ledger, promised) = _sums.GetValueOrDefault(line.Share);
            _sums[line.Share] = (new(
                ledger.Available + line.AvailableDelta,
                ledger.Reserved + line.ReservedDelta,
                ledger.Backordered + line.BackorderedDelta), promised);
        }
    }

    /// <summary>A reservation that is held, or that waits for units that it has sold.</summary>
    public void Add(Reservation open)
    {
        _open++;
        var isHeld = open.State == ReservationState.Held;
        foreach (var line in open.Lines)
        {
            if (line.IsUntracked) continue;
            var (ledger, promised) = _sums.GetValueOrDefault(line.Share);
            _sums[line.Share] = (ledger, promised with
            {
                Reserved = promised.Reserved + (isHeld ? line.InStock : 0),
                Backordered = promised.Backordered + line.Backordered,
            });
        }
    }

    /// <summary>A share; each once, after all movements and reservations.</summary>
    public void Check(Share share)
    {
        _shares++;
        _sums.Remove(share.Key, out var sums);
        Compare(share, sums.Ledger, sums.Promised);
    }

    /// <summary>A share whose movements were added up already; each once, after all reservations.
    /// </summary>
    /// <param name="share">The share.</param>
    /// <param name="ledger">What its movements add up to.</param>
    /// <param name="movementCount">Movements to count for it: a movement of several shares counts
    /// for one of them.</param>
    public void Check(Share share, ShareCounts ledger, long movementCount)
    {
        _shares++;
        _movements += movementCount;
        _sums.Remove(share.Key, out var sums);
        Compare(share, ledger, sums.Promised);
    }

    /// <summary>Ends it: what the ledger knows and no share was given for differs, too.</summary>
    public StockReport Finish()
    {
        foreach (var (key, (ledger, promised)) in _sums)
            Compare(Share.Empty(key), ledger, promised);
        _sums.Clear();
        return new(_movements, _shares, _open, _differences, _differing);
    }

    private void Compare(Share share, ShareCounts ledger, ShareCounts promised)
    {
        var stored = new ShareCounts(share.Available, share.Reserved, share.Backordered);
        promised = promised with { Available = ledger.Available };
        if (stored == ledger && stored == promised) return;
        _differing++;
        if (_differences.Count < DifferenceLimit)
            _differences.Add(new(share.Key, stored, ledger, promised));
    }
}
