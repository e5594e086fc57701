using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Stock;

/// <summary>Units of a product, in all its places.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Available">Units that are not reserved.</param>
/// <param name="Reserved">Units that are promised and still there.</param>
/// <param name="OnHand">Both together.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="Backordered">Units that are promised or sold and not there yet; absent where
/// there are none.</param>
public sealed record StockView(
    string ProductId, long Available, long Reserved, long OnHand, long Version,
    long? Backordered = null)
{
    internal static StockView Of(StockLevel level) => new(
        level.Sku.Value, level.Available, level.Reserved, level.OnHand, level.Version,
        level.Backordered == 0 ? null : level.Backordered);

    /// <summary>What a bundle's components suffice for.</summary>
    internal static StockView Of(Product bundle, IReadOnlyList<StockLevel> parts)
    {
        var available = bundle.Components
            .Zip(parts, (part, level) => level.Available / part.Quantity).Min();
        return new(bundle.Sku.Value, available, 0, available, parts.Max(level => level.Version));
    }
}

/// <summary>Units of a product in one place.</summary>
/// <param name="Region">Whose stock.</param>
/// <param name="Warehouse">Where it ships from; absent for the main warehouse.</param>
/// <param name="Bucket">The part of a hot product, from 0.</param>
/// <param name="Available">Units that are not reserved.</param>
/// <param name="Reserved">Units that are promised and still there.</param>
/// <param name="Backordered">Units that are owed.</param>
public sealed record ShareView(
    string Region, string? Warehouse, int Bucket, long Available, long Reserved, long Backordered)
{
    internal static ShareView Of(Share share) => new(
        share.Key.Region.Value, NameOf(share.Key.Warehouse), share.Key.Bucket,
        share.Available, share.Reserved, share.Backordered);

    internal static string? NameOf(WarehouseId id) => id == WarehouseId.Main ? null : id.Value;
}

/// <summary>A product's stock by places.</summary>
/// <param name="Shares">In the order of shipping.</param>
public sealed record ShareList(IReadOnlyList<ShareView> Shares);

/// <summary>Units that come in or go out, outside of any sale.</summary>
/// <param name="Delta">Units, not 0; negative ones go out.</param>
/// <param name="Reason">Why, for the ledger; at most 500 characters.</param>
/// <param name="Warehouse">Where; absent for the main warehouse.</param>
/// <param name="Bucket">Which part of a hot product; 0 unless said otherwise.</param>
public sealed record AdjustmentBody(
    int Delta, string? Reason = null, string? Warehouse = null, int Bucket = 0);

/// <summary>Units that a delivery brought, or that a buyer returned.</summary>
/// <param name="Quantity">Units, from 1.</param>
/// <param name="Reason">Why, for the ledger; at most 500 characters.</param>
/// <param name="Warehouse">Where; absent for the main warehouse.</param>
public sealed record ArrivalBody(
    int Quantity, string? Reason = null, string? Warehouse = null);

/// <summary>Into how many parts a hot product's stock is split.</summary>
/// <param name="Count">1 (merged) to 64.</param>
/// <param name="Warehouse">Which stock; absent for the main warehouse.</param>
public sealed record BucketsBody(int Count, string? Warehouse = null);

/// <summary>How a product's stock is promised.</summary>
/// <param name="IsTracked">False: promised without end, nothing is counted.</param>
/// <param name="BackorderLimit">Units that may be owed once the product is out.</param>
/// <param name="PreorderLimit">Units that may be owed before it comes out.</param>
/// <param name="AvailableFrom">When it comes out; absent: it is out.</param>
/// <param name="SafetyStock">Available units that are not promised.</param>
/// <param name="QuantityLimit">Units of one reservation.</param>
/// <param name="ReservationSeconds">How long a reservation holds.</param>
/// <param name="PaymentSeconds">How long it holds from the begin of its payment.</param>
public sealed record PolicyBody(
    bool IsTracked = true,
    int BackorderLimit = 0,
    int PreorderLimit = 0,
    DateTimeOffset? AvailableFrom = null,
    int SafetyStock = 0,
    int QuantityLimit = EventRules.QuantityLimit,
    int ReservationSeconds = 600,
    int PaymentSeconds = 900)
{
    internal static PolicyBody Of(StockPolicy policy) => new(
        policy.IsTracked, policy.BackorderLimit, policy.PreorderLimit, policy.AvailableFrom,
        policy.SafetyStock, policy.QuantityLimit, (int)policy.ReservationLifetime.TotalSeconds,
        (int)policy.PaymentLifetime.TotalSeconds);

    internal StockPolicy ToPolicy() => new()
    {
        IsTracked = IsTracked,
        BackorderLimit = BackorderLimit,
        PreorderLimit = PreorderLimit,
        AvailableFrom = AvailableFrom?.ToUniversalTime(),
        SafetyStock = SafetyStock,
        QuantityLimit = QuantityLimit,
        ReservationLifetime = TimeSpan.FromSeconds(ReservationSeconds),
        PaymentLifetime = TimeSpan.FromSeconds(PaymentSeconds),
    };
}

/// <summary>A warehouse.</summary>
/// <param name="Priority">0 to 1,000; the lowest ships first.</param>
public sealed record WarehouseBody(int Priority);

/// <summary>A warehouse, as it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Priority">The lowest ships first.</param>
public sealed record WarehouseView(string Id, int Priority)
{
    internal static WarehouseView Of(Warehouse warehouse) =>
        new(warehouse.Id.Value, warehouse.Priority);
}

/// <summary>The warehouses.</summary>
/// <param name="Warehouses">The first to ship first.</param>
public sealed record WarehouseList(IReadOnlyList<WarehouseView> Warehouses);

/// <summary>One end of a transfer.</summary>
/// <param name="Region">Whose stock; this shop's own unless said otherwise.</param>
/// <param name="Warehouse">Where; absent for the main warehouse.</param>
/// <param name="Bucket">Which part of a hot product.</param>
public sealed record PlaceBody(string? Region = null, string? Warehouse = null, int Bucket = 0)
{
    internal ShareKey KeyOf(string product, StockRegion own) => new(
        new Sku(product),
        string.IsNullOrEmpty(Region) ? own : new StockRegion(Region),
        Bucket, new(Warehouse ?? ""));
}

/// <summary>Units that go from one place to another.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units, from 1.</param>
/// <param name="From">Where they leave now.</param>
/// <param name="To">Where they are claimed.</param>
/// <param name="Reason">Why, for the ledger; at most 500 characters.</param>
public sealed record TransferBody(
    string ProductId, int Quantity, PlaceBody From, PlaceBody To, string? Reason = null);

/// <summary>A transfer, as it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State"><c>inTransit</c> or <c>claimed</c>.</param>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units.</param>
/// <param name="From">The place they left.</param>
/// <param name="To">The place they are for.</param>
/// <param name="SentAt">When they left.</param>
public sealed record TransferView(
    string Id, string State, string ProductId, int Quantity, PlaceBody From, PlaceBody To,
    DateTimeOffset SentAt)
{
    internal static TransferView Of(StockTransfer transfer) => new(
        transfer.Operation.Value,
        transfer.State == TransferState.Claimed ? "claimed" : "inTransit",
        transfer.From.Sku.Value, transfer.Quantity, Of(transfer.From), Of(transfer.To),
        transfer.SentAt);

    private static PlaceBody Of(ShareKey key) =>
        new(key.Region.Value, ShareView.NameOf(key.Warehouse), key.Bucket);
}

/// <summary>Whether ledger and reservations add up to the stock.</summary>
/// <param name="IsRight">Whether they do.</param>
/// <param name="MovementCount">Entries of the ledger.</param>
/// <param name="ShareCount">Places of products.</param>
/// <param name="OpenReservationCount">Reservations that hold or wait for units.</param>
/// <param name="DifferenceCount">Places that are wrong.</param>
/// <param name="Differences">The first 1,000 of them.</param>
public sealed record StockReconciliationView(
    bool IsRight, long MovementCount, long ShareCount, long OpenReservationCount,
    long DifferenceCount, IReadOnlyList<DifferenceView> Differences)
{
    internal static StockReconciliationView Of(StockReport report) => new(
        report.DifferenceCount == 0, report.MovementCount, report.ShareCount,
        report.OpenReservationCount, report.DifferenceCount,
        [.. report.Differences.Select(difference => new DifferenceView(
            difference.Share.Sku.Value, difference.Share.Region.Value,
            ShareView.NameOf(difference.Share.Warehouse), difference.Share.Bucket,
            difference.Stored, difference.Ledger, difference.Promised))]);
}

/// <summary>A place whose units are not what they should be.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Region">Whose stock.</param>
/// <param name="Warehouse">Where; absent for the main warehouse.</param>
/// <param name="Bucket">The part of a hot product.</param>
/// <param name="Stored">What the stock says.</param>
/// <param name="Ledger">What its movements add up to.</param>
/// <param name="Promised">What reservations hold and wait for.</param>
public sealed record DifferenceView(
    string ProductId, string Region, string? Warehouse, int Bucket,
    ShareCounts Stored, ShareCounts Ledger, ShareCounts Promised);
