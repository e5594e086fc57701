using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>A share's key as a document has it.</summary>
internal sealed record ShareKeyDocument
{
    public required string Sku { get; init; }

    public required string Region { get; init; }

    public int Bucket { get; init; }

    public string? Warehouse { get; init; }

    public ShareKey ToKey() =>
        new(new(Sku), new(Region), Bucket, new WarehouseId(Warehouse ?? ""));

    public static ShareKeyDocument Of(ShareKey key) => new()
    {
        Sku = key.Sku.Value,
        Region = key.Region.Value,
        Bucket = key.Bucket,
        Warehouse = key.Warehouse == WarehouseId.Main ? null : key.Warehouse.Value,
    };

    /// <summary>The partition of the share: the full <c>product#region#bucket</c>.</summary>
    public static string PartitionOf(ShareKey key) =>
        $"{DocumentId.Of(key.Sku.Value)}#{DocumentId.Of(key.Region.Value)}"
        + (key.Warehouse == WarehouseId.Main ? "" : "/" + DocumentId.Of(key.Warehouse.Value))
        + $"#{key.Bucket}";

    /// <summary>What sorts by sku, then region.</summary>
    public static string PlaceOf(Sku sku, StockRegion region) => $"{sku}\u0001{region}";
}

/// <summary>The counts of a share: the one document of its partition that changes.</summary>
internal sealed record ShareDocument
{
    public const string TypeName = "share";

    // One a partition, so that its id needs no more.
    public string Id { get; init; } = TypeName;

    public string Type { get; init; } = TypeName;

    /// <summary>The partition key.</summary>
    public required string Share { get; init; }

    public required ShareKeyDocument Key { get; init; }

    /// <summary><see cref="ShareKeyDocument.PlaceOf"/>.</summary>
    public required string Place { get; init; }

    public long Available { get; init; }

    public long Reserved { get; init; }

    public long Backordered { get; init; }

    public long Version { get; init; }

    /// <summary>Entries of its ledger that have not ended, without those that are void.</summary>
    public long Entries { get; init; }

    /// <summary>What entries that left the ledger have moved: with those that are there it adds
    /// up to the counts.</summary>
    public long EndedAvailable { get; init; }

    public long EndedReserved { get; init; }

    public long EndedBackordered { get; init; }

    /// <summary>Movements that left the ledger, each counted where its first line was.</summary>
    public long EndedMovements { get; init; }

    /// <summary>
    /// No movement up to this number is done here any more: its entry may have left. Null where
    /// none has.
    /// </summary>
    public string? EndedTo { get; init; }

    public Share ToShare() => new(Key.ToKey(), Available, Reserved, Version, Backordered);

    public static ShareDocument Empty(ShareKey key) => new()
    {
        Share = ShareKeyDocument.PartitionOf(key),
        Key = ShareKeyDocument.Of(key),
        Place = ShareKeyDocument.PlaceOf(key.Sku, key.Region),
    };
}

/// <summary>
/// What one movement did to one share: a line of the ledger, and, since its id follows from the
/// movement, the sign that the movement has been done here.
/// </summary>
internal sealed record EntryDocument
{
    public const string TypeName = "entry";

    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    /// <summary>The partition key.</summary>
    public required string Share { get; init; }

    public required ShareKeyDocument Key { get; init; }

    /// <summary>The movement; those of all its shares have it.</summary>
    public required string Movement { get; init; }

    /// <summary>The movement's place in the ledger.</summary>
    public required string Number { get; init; }

    /// <summary>Which line of the movement, from 0.</summary>
    public int Line { get; init; }

    public required string Operation { get; init; }

    public MovementKind Kind { get; init; }

    public long Available { get; init; }

    public long Reserved { get; init; }

    public long Backordered { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>
    /// Whether it stands where a movement must not be done any more, and moved nothing.
    /// </summary>
    public bool IsVoid { get; init; }
}

/// <summary>Units of one share that a reservation holds.</summary>
internal sealed record ReservedLineDocument
{
    public required ShareKeyDocument Share { get; init; }

    public int Quantity { get; init; }

    public int Backordered { get; init; }

    public int Released { get; init; }

    public bool IsUntracked { get; init; }

    public ReservedLine ToLine() => new(Share.ToKey(), Quantity)
    {
        Backordered = Backordered,
        Released = Released,
        IsUntracked = IsUntracked,
    };

    public static ReservedLineDocument Of(ReservedLine line) => new()
    {
        Share = ShareKeyDocument.Of(line.Share),
        Quantity = line.Quantity,
        Backordered = line.Backordered,
        Released = line.Released,
        IsUntracked = line.IsUntracked,
    };
}

/// <summary>What a movement is to do to one share.</summary>
internal sealed record MovementLineDocument
{
    public required ShareKeyDocument Share { get; init; }

    public long Available { get; init; }

    public long Reserved { get; init; }

    public long Backordered { get; init; }

    /// <summary>
    /// What must hold of the share besides that no count falls below none: a predicate over
    /// <c>c</c>; null for nothing.
    /// </summary>
    public string? Guard { get; init; }

    public MovementLine ToLine() => new(Share.ToKey(), Available, Reserved, Backordered);

    public static MovementLineDocument Of(MovementLine line) => new()
    {
        Share = ShareKeyDocument.Of(line.Share),
        Available = line.AvailableDelta,
        Reserved = line.ReservedDelta,
        Backordered = line.BackorderedDelta,
    };
}

/// <summary>A movement: what is meant, before the shares are moved.</summary>
internal sealed record MovementDocument
{
    /// <summary>Nobody else's: the ids of its entries follow from it.</summary>
    public required string Id { get; init; }

    /// <summary>Its place in the ledger.</summary>
    public required string Number { get; init; }

    public required string Operation { get; init; }

    public MovementKind Kind { get; init; }

    public required IReadOnlyList<MovementLineDocument> Lines { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset At { get; init; }

    public StockMovement ToMovement() => new(
        new(Operation), Kind, [.. Lines.Select(line => line.ToLine())], Reason, At)
    {
        Number = HybridClock.Parse(Number),
    };

    /// <summary>A share has one entry of a movement, so each is in one line only.</summary>
    public static MovementDocument Of(StockMovement movement, HybridClock clock) => new()
    {
        Id = clock.NewId(),
        Number = HybridClock.Format(clock.Next()),
        Operation = movement.Operation.Value,
        Kind = movement.Kind,
        Lines = [.. movement.Lines.GroupBy(line => line.Share).Select(same =>
            MovementLineDocument.Of(new(same.Key, same.Sum(line => line.AvailableDelta),
                same.Sum(line => line.ReservedDelta), same.Sum(line => line.BackorderedDelta))))],
        Reason = movement.Reason,
        At = movement.At,
    };
}

/// <summary>
/// A movement that was decided and whose shares may not all be moved yet. Whoever finds one
/// finishes it before anything else is decided for its document.
/// </summary>
internal sealed record PendingDocument
{
    public required MovementDocument Movement { get; init; }

    /// <summary>
    /// Whether a share may say no: then all shares are as before, and the document too. Else every
    /// share can do it, now or later.
    /// </summary>
    public bool IsTentative { get; init; }

    /// <summary>
    /// Whether all shares that units are taken from have them: from then on no share can say no
    /// any more, and those that get units may have them.
    /// </summary>
    public bool IsAgreed { get; init; }

    /// <summary>Whether a share has said no; from then on it is undone, by whoever finds it.
    /// </summary>
    public bool IsRefused { get; init; }
}
