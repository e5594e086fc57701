using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>What a share's counts are, and what its ledger adds up to. One thread at a time.
/// </summary>
internal sealed class ShareProof(ShareKey key)
{
    /// <summary>The share; empty where it is not there.</summary>
    public Share Share { get; private set; } = Share.Empty(key);

    public ShareCounts Ledger { get; private set; }

    /// <summary>Movements whose first line is in this share, so that each counts once.</summary>
    public long MovementCount { get; private set; }

    /// <summary>Adds a document of the share's partition; each once, in any order.</summary>
    public void Add(ProofDocument part)
    {
        if (part.Type == ShareDocument.TypeName)
        {
            Share = new(key, part.Available, part.Reserved, part.Version, part.Backordered);
            Add(part.EndedAvailable, part.EndedReserved, part.EndedBackordered);
            MovementCount += part.EndedMovements;
            return;
        }
        Add(part.Available, part.Reserved, part.Backordered);
        if (part.Line == 0) MovementCount++;
    }

    private void Add(long available, long reserved, long backordered) => Ledger = new(
        Ledger.Available + available, Ledger.Reserved + reserved,
        Ledger.Backordered + backordered);
}

/// <summary>What of a share, or of an entry of its ledger, is added up.</summary>
internal sealed record ProofDocument
{
    public required string Type { get; init; }

    public int Line { get; init; }

    public long Available { get; init; }

    public long Reserved { get; init; }

    public long Backordered { get; init; }

    public long Version { get; init; }

    public long EndedAvailable { get; init; }

    public long EndedReserved { get; init; }

    public long EndedBackordered { get; init; }

    public long EndedMovements { get; init; }
}
