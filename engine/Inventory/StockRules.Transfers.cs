namespace StreamCommerce.Engine.Inventory;

/// <remarks>Transfers: out of the source, then, once, into the destination.</remarks>
public static partial class StockRules
{
    /// <summary>What leaves the source, or why it does not.</summary>
    public static Answer<StockMovement> Send(
        StockTransfer asked, Share source, DateTimeOffset now)
    {
        if (CheckTransfer(asked) is { } bad) return bad;
        if (source.Available < asked.Quantity) return Short(source, asked.Quantity);
        return new StockMovement(asked.Operation, MovementKind.TransferredOut,
            [new(asked.From, -asked.Quantity, 0)], asked.Reason, now);
    }

    /// <summary>What arrives at the destination.</summary>
    public static StockMovement Claim(StockTransfer transfer, DateTimeOffset now) => new(
        transfer.Operation, MovementKind.TransferredIn,
        [new(transfer.To, transfer.Quantity, 0)], transfer.Reason, now);

    /// <summary>
    /// What a transfer that is known already gets: itself where it asks for the same, else a
    /// refusal.
    /// </summary>
    public static Answer<StockTransfer> Repeat(StockTransfer known, StockTransfer asked) =>
        known.IsSame(asked) ? known : new Refusal(RefusalCode.IdReused,
            $"Transfer {known.Operation} exists with other units; use a new id.");

    /// <summary>What is wrong with a transfer; null where nothing is.</summary>
    public static Refusal? CheckTransfer(StockTransfer asked)
    {
        if ((CheckOperation(asked.Operation, asked.Reason) ?? CheckShare(asked.From)
            ?? CheckShare(asked.To)) is { } bad)
        {
            return bad;
        }
        if (asked.Quantity is < 1 or > DeltaLimit)
        {
            return new(RefusalCode.InvalidQuantity, $"quantity must be 1 to {DeltaLimit}.")
            { Lines = [new(asked.From.Sku, asked.Quantity)] };
        }
        return asked.From.Sku != asked.To.Sku || asked.From == asked.To
            ? new(RefusalCode.Invalid, "a transfer goes to another share of the same product.")
            : null;
    }
}
