namespace StreamCommerce.Engine.Inventory;

/// <summary>A place that ships; the default is the region's main one.</summary>
public readonly record struct WarehouseId
{
    // Null and not "" where it is the main one, so that a default is equal to it.
    private readonly string? _value;

    public WarehouseId(string value) => _value = value.Length == 0 ? null : value;

    /// <summary>Where stock is that was put nowhere else.</summary>
    public static WarehouseId Main => default;

    /// <summary>The text, empty for the main one.</summary>
    public string Value => _value ?? "";

    public override string ToString() => Value;
}

/// <summary>How soon a warehouse's stock is sold.</summary>
/// <param name="Id">Which; the main one may be put, too.</param>
/// <param name="Region">Whose stock it keeps.</param>
/// <param name="Priority">0 to 1,000; the lowest ships first.</param>
public sealed record Warehouse(WarehouseId Id, StockRegion Region, int Priority)
{
    /// <summary>The highest number, which is the last to ship.</summary>
    public const int PriorityMaximum = 1_000;

    /// <summary>Of a region: a reservation looks at each that has the product.</summary>
    public const int CountLimit = 64;

    /// <summary>The priority of a warehouse that nobody put: the main one goes first.</summary>
    public static int PriorityOf(WarehouseId id, IReadOnlyList<Warehouse> known)
    {
        for (var i = 0; i < known.Count; i++)
            if (known[i].Id == id) return known[i].Priority;
        return id == WarehouseId.Main ? 0 : 100;
    }
}
