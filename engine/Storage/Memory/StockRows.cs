using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Memory;

/// <summary>Stock in dictionaries. Guarded by the lock of its shop.</summary>
internal sealed class StockRows : IStockRows
{
    private readonly Dictionary<(Sku, StockRegion), ProductStock> _products = [];
    private readonly List<StockMovement> _movements = [];
    private readonly Dictionary<OperationId, StockMovement> _operations = [];
    private readonly Dictionary<Sku, StockPolicy> _policies = [];
    private readonly List<Warehouse> _warehouses = [];
    private readonly Dictionary<OperationId, StockTransfer> _transfers = [];
    private readonly List<ProductStock> _changed = [];

    public ProductStock Load(Sku sku, StockRegion region) =>
        _products.TryGetValue((sku, region), out var stock)
            ? stock
            : _products[(sku, region)] = Build(sku, region, []);

    public void Append(StockMovement movement)
    {
        foreach (var line in movement.Lines)
        {
            var stock = Load(line.Share.Sku, line.Share.Region);
            if (stock.Apply(line)) _changed.Add(stock);
        }
        var stored = movement with { Number = _movements.Count + 1 };
        _movements.Add(stored);
        if (StockMovement.IsOnce(movement.Kind)) _operations.Add(movement.Operation, stored);
    }

    public StockMovement? FindOperation(OperationId operation) =>
        _operations.GetValueOrDefault(operation);

    public IReadOnlyList<StockMovement> ListMovements(long afterNumber, int limit) =>
        [.. _movements.Skip((int)afterNumber).Take(limit)];

    public IReadOnlyList<StockLevel> ListLevels((Sku Sku, StockRegion Region)? after, int limit) =>
        [.. _products.Values
            .Where(stock => stock.Version > 0)
            .OrderBy(stock => stock.Sku.Value, StringComparer.Ordinal)
            .ThenBy(stock => stock.Region.Value, StringComparer.Ordinal)
            .Where(stock => after is not { } place || Compare(stock, place) > 0)
            .Take(limit).Select(stock => stock.ToLevel())];

    public void ReadShares(Action<Share> read)
    {
        foreach (var stock in _products.Values)
            foreach (var share in stock.Shares) read(share);
    }

    public StockPolicy? FindPolicy(Sku sku) => _policies.GetValueOrDefault(sku);

    public void PutPolicy(Sku sku, StockPolicy policy)
    {
        _policies[sku] = policy;
        Rebuild(stock => stock.Sku == sku);
        _changed.AddRange(_products.Values.Where(stock => stock.Sku == sku && stock.Version > 0));
    }

    public IReadOnlyList<Warehouse> ListWarehouses(StockRegion region) =>
        [.. _warehouses.Where(known => known.Region == region)
            .OrderBy(known => known.Priority)
            .ThenBy(known => known.Id.Value, StringComparer.Ordinal)];

    public void PutWarehouse(Warehouse warehouse)
    {
        _warehouses.RemoveAll(known =>
            known.Id == warehouse.Id && known.Region == warehouse.Region);
        _warehouses.Add(warehouse);
        Rebuild(stock => stock.Region == warehouse.Region);
    }

    public StockTransfer? FindTransfer(OperationId id) => _transfers.GetValueOrDefault(id);

    public void PutTransfer(StockTransfer transfer) => _transfers[transfer.Operation] = transfer;

    /// <summary>Tells of each product that was moved since the last call.</summary>
    public void TakeChanges(Action<StoreChange> tell)
    {
        foreach (var stock in _changed)
        {
            stock.TakeChanges(_ => { });
            tell(StockChanged.Of(stock));
        }
        _changed.Clear();
    }

    private ProductStock Build(Sku sku, StockRegion region, Share[] shares) => new(
        sku, region, FindPolicy(sku) ?? StockPolicy.Default, shares, ListWarehouses(region));

    private static int Compare(ProductStock stock, (Sku Sku, StockRegion Region) place)
    {
        var bySku = string.CompareOrdinal(stock.Sku.Value, place.Sku.Value);
        return bySku != 0 ? bySku : string.CompareOrdinal(stock.Region.Value, place.Region.Value);
    }

    private void Rebuild(Func<ProductStock, bool> which)
    {
        foreach (var stock in _products.Values.Where(which).ToList())
        {
            _products[(stock.Sku, stock.Region)] =
                Build(stock.Sku, stock.Region, stock.Shares.ToArray());
        }
    }
}
