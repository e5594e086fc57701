namespace StreamCommerce.Engine.Inventory;

/// <summary>Where a transfer is.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum TransferState : byte
{
    /// <summary>Taken out of its source; in nobody's stock.</summary>
    InTransit = 1,

    /// <summary>In the stock of its destination, for good.</summary>
    Claimed = 2,
}

/// <summary>
/// Units that go from one share to another, in two steps: each region writes its own shares
/// only. It is claimed once and cannot be called back: send it back instead, since two regions
/// that are cut off from each other cannot agree on who was first.
/// </summary>
/// <param name="Operation">Its id, from the caller.</param>
/// <param name="From">The share that it leaves.</param>
/// <param name="To">The share that it is for, of the same product.</param>
/// <param name="Quantity">Units, 1 to <see cref="StockRules.DeltaLimit"/>.</param>
/// <param name="Reason">Why, for the ledger.</param>
public sealed record StockTransfer(
    OperationId Operation, ShareKey From, ShareKey To, int Quantity, string? Reason = null)
{
    public TransferState State { get; init; } = TransferState.InTransit;

    /// <summary>By the clock of the store that sent it.</summary>
    public DateTimeOffset SentAt { get; init; }

    /// <summary>Whether another says the same, wherever each of them is.</summary>
    public bool IsSame(StockTransfer other) => Operation == other.Operation
        && From == other.From && To == other.To && Quantity == other.Quantity;
}
