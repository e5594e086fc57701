using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>
/// The rules of stock, pure: state, command and time in, a decision out. Two phases: units are
/// first promised (available to reserved), then leave (committed) or come back (released,
/// expired). No decision makes a count negative.
/// </summary>
public static partial class StockRules
{
    /// <summary>Lines of a reservation: those of one event, so an order is one.</summary>
    public const int LineCountLimit = EventRules.LineCountLimit;

    /// <summary>Units of one adjustment; a billion leaves room to add up in 64 bits.</summary>
    public const int DeltaLimit = 1_000_000_000;

    /// <summary>Counts that are read in one go: a few megabytes.</summary>
    public const int SweepMaximum = 20_000;

    /// <summary>Characters of a reason.</summary>
    public const int ReasonLengthLimit = 500;

    /// <summary>
    /// Buckets of a product in a warehouse: more than there are writers that could use them.
    /// </summary>
    public const int BucketLimit = 64;

    /// <summary>What an adjustment moves, or why it does not.</summary>
    public static Answer<StockMovement> Adjust(
        Share share, StockAdjustment asked, DateTimeOffset now)
    {
        if (CheckOperation(asked.Operation, asked.Reason) is { } bad) return bad;
        if (CheckShare(asked.Share) is { } badShare) return badShare;
        if (asked.Delta is 0 or < -DeltaLimit or > DeltaLimit)
        {
            return new Refusal(RefusalCode.InvalidQuantity,
                $"delta must be -{DeltaLimit} to {DeltaLimit} and not 0.")
            { Lines = [new(asked.Share.Sku, asked.Delta)] };
        }
        if (asked.Kind is not (MovementKind.Received or MovementKind.Adjusted)
            || (asked.Kind == MovementKind.Received && asked.Delta < 0))
        {
            return new Refusal(RefusalCode.Invalid,
                "stock is received in positive numbers, or adjusted.");
        }
        if (share.Available + asked.Delta < 0) return Short(share, -asked.Delta);
        return new StockMovement(asked.Operation, asked.Kind,
            [new(asked.Share, asked.Delta, 0)], asked.Reason, now);
    }

    /// <summary>What is wrong with a return whatever the stock; null where nothing is.</summary>
    public static Refusal? Check(RestockUnits asked) =>
        CheckOperation(asked.Operation, asked.Reason)
            ?? CheckLines(asked.Lines)
            ?? CheckShare(new(asked.Lines[0].Sku, asked.Region, 0, asked.Warehouse));

    /// <summary>What a return puts back, each product into one share.</summary>
    /// <param name="asked">What comes back.</param>
    /// <param name="stocks">The products of the lines, in their order.</param>
    /// <param name="now">The store's clock.</param>
    public static Answer<StockMovement> Restock(
        RestockUnits asked, IReadOnlyList<ProductStock> stocks, DateTimeOffset now)
    {
        if (Check(asked) is { } bad) return bad;
        var lines = new List<MovementLine>(asked.Lines.Count);
        foreach (var line in AddUp(asked.Lines))
        {
            var stock = stocks.First(s => s.Sku == line.Sku);
            if (!stock.Policy.IsTracked) continue;
            lines.Add(new(
                new(line.Sku, asked.Region, 0, asked.Warehouse), line.Quantity, 0));
        }
        return new StockMovement(
            asked.Operation, MovementKind.Restocked, lines, asked.Reason, now);
    }

    /// <summary>How the available units of a warehouse are spread over buckets.</summary>
    /// <remarks>Reserved units stay where they are; they come back there, or leave.</remarks>
    public static Answer<StockMovement> Spread(
        SpreadStock asked, ProductStock stock, DateTimeOffset now)
    {
        if (CheckOperation(asked.Operation, null) is { } bad) return bad;
        if (asked.BucketCount is < 1 or > BucketLimit)
        {
            return new Refusal(RefusalCode.Invalid,
                $"a warehouse's stock of a product has 1 to {BucketLimit} buckets.");
        }
        if (CheckShare(new(asked.Sku, asked.Region, 0, asked.Warehouse)) is { } badShare)
            return badShare;
        var before = new Dictionary<int, Share>();
        foreach (var share in stock.Shares)
            if (share.Key.Warehouse == asked.Warehouse) before[share.Key.Bucket] = share;
        var all = before.Values.Sum(share => share.Available);
        var (each, over) = Math.DivRem(all, asked.BucketCount);
        var lines = new List<MovementLine>();
        foreach (var bucket in Enumerable.Range(0, asked.BucketCount).Union(before.Keys).Order())
        {
            var target = bucket >= asked.BucketCount ? 0 : each + (bucket < over ? 1 : 0);
            var delta = target - (before.TryGetValue(bucket, out var was) ? was.Available : 0);
            // A bucket that is new gets its line even with nothing in it: then it is there.
            if (delta != 0 || was is null)
                lines.Add(new(new(asked.Sku, asked.Region, bucket, asked.Warehouse), delta, 0));
        }
        return new StockMovement(
            asked.Operation, MovementKind.Spread, lines, ReasonOf(asked), now);
    }

    /// <summary>What the ledger says of a spreading, to tell it from another one.</summary>
    public static string ReasonOf(SpreadStock asked) => $"over {asked.BucketCount} buckets";

    /// <summary>What is wrong with a warehouse; null where nothing is.</summary>
    /// <param name="warehouse">What is to be put.</param>
    /// <param name="known">The region's warehouses.</param>
    public static Refusal? CheckWarehouse(Warehouse warehouse, IReadOnlyList<Warehouse> known)
    {
        if (warehouse.Id != WarehouseId.Main
            && CheckId(warehouse.Id.Value, "warehouse id") is { } bad)
        {
            return bad;
        }
        if (warehouse.Priority is < 0 or > Warehouse.PriorityMaximum)
        {
            return new Refusal(RefusalCode.Invalid,
                $"priority must be 0 to {Warehouse.PriorityMaximum}.");
        }
        return known.Count >= Warehouse.CountLimit && known.All(other => other.Id != warehouse.Id)
            ? new Refusal(RefusalCode.LineLimit,
                $"a region has at most {Warehouse.CountLimit} warehouses.")
            : null;
    }

    /// <summary>
    /// What a spreading that is in the ledger already gets. Where the units were meanwhile does
    /// not matter: what was asked for does.
    /// </summary>
    public static Refusal? CheckRepeat(StockMovement done, SpreadStock asked) =>
        done.Kind == MovementKind.Spread && done.Reason == ReasonOf(asked)
            && done.Lines.All(line => line.Share.Sku == asked.Sku) ? null : Reused(done);

    /// <summary>
    /// What an operation that is in the ledger already gets: null where it asks for the same,
    /// else a refusal.
    /// </summary>
    public static Refusal? CheckRepeat(StockMovement done, StockMovement asked) =>
        done.Kind == asked.Kind && done.Lines.SequenceEqual(asked.Lines) ? null : Reused(done);

    /// <summary>The refusal of an id that was used for something else.</summary>
    public static Refusal Reused(StockMovement done) => new(RefusalCode.IdReused,
        $"Operation {done.Operation} was used for another movement of stock; use a new id.");

    /// <summary>Lines with each sku once.</summary>
    public static IReadOnlyList<StockLine> AddUp(IReadOnlyList<StockLine> lines)
    {
        if (lines.Count == 1) return lines;
        var places = new Dictionary<Sku, int>(lines.Count);
        var added = new List<StockLine>(lines.Count);
        foreach (var line in lines)
        {
            if (places.TryAdd(line.Sku, added.Count))
            {
                added.Add(line);
            }
            else
            {
                // No overflow: 200 lines of a million units at most.
                var at = places[line.Sku];
                added[at] = new(line.Sku, added[at].Quantity + line.Quantity);
            }
        }
        return added;
    }

    internal static Refusal? CheckLines(IReadOnlyList<StockLine> lines)
    {
        if (lines.Count is 0 or > LineCountLimit)
        {
            return new(RefusalCode.LineLimit,
                $"there must be 1 to {LineCountLimit} lines, not {lines.Count}.");
        }
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.Quantity is < 1 or > EventRules.QuantityLimit)
            {
                return new(RefusalCode.InvalidQuantity,
                    $"{line.Sku} asks for {line.Quantity} units; " +
                    $"1 to {EventRules.QuantityLimit} are possible.")
                { Lines = [new(line.Sku, line.Quantity)] };
            }
            if (CheckId(line.Sku.Value, "sku") is { } bad) return bad;
        }
        return null;
    }

    internal static Refusal? CheckId(string? id, string what) =>
        id is { Length: > 0 and <= EventRules.IdLengthLimit }
            ? null
            : new(RefusalCode.Invalid,
                $"{what} must have 1 to {EventRules.IdLengthLimit} characters.");

    private static Refusal? CheckOperation(OperationId operation, string? reason)
    {
        if (CheckId(operation.Value, "operation id") is { } bad) return bad;
        return reason?.Length > ReasonLengthLimit
            ? new(RefusalCode.Invalid, $"reason has over {ReasonLengthLimit} characters.")
            : null;
    }

    private static Refusal? CheckShare(ShareKey key)
    {
        if (CheckId(key.Region.Value, "region") is { } bad) return bad;
        if (key.Bucket is < 0 or >= BucketLimit)
            return new(RefusalCode.Invalid, $"bucket must be 0 to {BucketLimit - 1}.");
        return key.Warehouse.Value.Length > EventRules.IdLengthLimit
            ? new(RefusalCode.Invalid,
                $"warehouse has over {EventRules.IdLengthLimit} characters.")
            : null;
    }

    private static Refusal Short(Share share, long asked) => new(RefusalCode.OutOfStock,
        $"{share.Key.Sku} has {share.Available} available; {asked} cannot leave.")
    { Lines = [new(share.Key.Sku, asked, share.Available)] };
}
