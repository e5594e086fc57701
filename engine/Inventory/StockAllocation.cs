using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>
/// Finds the shares that a reservation comes from. Pure. Warehouses in the order of their
/// priority; within one, first the bucket that the reservation's id points to, so that
/// reservations spread over the buckets, then the others: a product is sold out only when all of
/// them are. What is not there is owed by the first share, as far as the policy allows.
/// </summary>
public static class StockAllocation
{
    // Shortfalls that the sentence of a refusal names; its lines have all.
    private const int NamedLimit = 5;

    /// <summary>The reservation, not yet stored, or why there is none.</summary>
    /// <param name="asked">Passes <see cref="StockRules.Check(StockRequest)"/>.</param>
    /// <param name="lines">Its lines, each sku once.</param>
    /// <param name="stocks">The products of the lines, in their order.</param>
    /// <param name="now">The store's clock.</param>
    public static Answer<Reservation> Allocate(
        StockRequest asked, IReadOnlyList<StockLine> lines, ReadOnlySpan<ProductStock> stocks,
        DateTimeOffset now)
    {
        if (CheckLimits(lines, stocks) is { } limit) return limit;
        if (CheckShortfalls(lines, stocks, now) is { } shortfall) return shortfall;
        // One share a line is the rule; with buckets and warehouses there may be more.
        var reserved = new ReservedLine[lines.Count];
        var count = 0;
        ulong? hash = null;
        for (var i = 0; i < lines.Count; i++)
            Take(lines[i], stocks[i], asked.Id, ref hash, ref reserved, ref count);
        if (count != reserved.Length) Array.Resize(ref reserved, count);
        return new Reservation(
            asked.Id, reserved, ReservationState.Held, now + Lifetime(asked, stocks));
    }

    /// <summary>Units of a product that a new reservation can have; never negative.</summary>
    public static long Obtainable(ProductStock stock, DateTimeOffset now) => stock.Promisable
        + Math.Max(0, stock.Policy.BeyondStock(now) - stock.Backordered);

    private static Refusal? CheckLimits(
        IReadOnlyList<StockLine> lines, ReadOnlySpan<ProductStock> stocks)
    {
        List<RefusedLine>? over = null;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Quantity > stocks[i].Policy.QuantityLimit)
                (over ??= []).Add(new(lines[i].Sku, lines[i].Quantity));
        }
        return over is null ? null : new(RefusalCode.QuantityLimit,
            $"{over[0].Sku}: at most {LimitOf(over[0].Sku, stocks)} units an order, " +
            $"not {over[0].Asked}.")
        { Lines = over };
    }

    private static int LimitOf(Sku sku, ReadOnlySpan<ProductStock> stocks)
    {
        foreach (var stock in stocks)
            if (stock.Sku == sku) return stock.Policy.QuantityLimit;
        return EventRules.QuantityLimit;
    }

    private static Refusal? CheckShortfalls(
        IReadOnlyList<StockLine> lines, ReadOnlySpan<ProductStock> stocks, DateTimeOffset now)
    {
        List<RefusedLine>? shortfalls = null;
        for (var i = 0; i < lines.Count; i++)
        {
            var stock = stocks[i];
            if (!stock.Policy.IsTracked || lines[i].Quantity <= stock.Promisable) continue;
            var left = Obtainable(stock, now);
            if (lines[i].Quantity > left)
                (shortfalls ??= []).Add(new(lines[i].Sku, lines[i].Quantity, left));
        }
        return shortfalls is null ? null : new(RefusalCode.OutOfStock,
            "Not enough is available: " + string.Join(", ", shortfalls
                .Take(NamedLimit).Select(l => $"{l.Sku} ({l.Asked} asked, {l.Available} left)"))
            + (shortfalls.Count > NamedLimit ? ", …" : "."))
        { Lines = shortfalls };
    }

    private static TimeSpan Lifetime(StockRequest asked, ReadOnlySpan<ProductStock> stocks)
    {
        if (asked.Lifetime is { } given) return given;
        var shortest = StockPolicy.LifetimeMaximum;
        foreach (var stock in stocks)
        {
            if (stock.Policy.ReservationLifetime < shortest)
                shortest = stock.Policy.ReservationLifetime;
        }
        return shortest;
    }

    private static void Take(
        StockLine line, ProductStock stock, ReservationId id, ref ulong? hash,
        ref ReservedLine[] reserved, ref int count)
    {
        var shares = stock.Shares;
        if (!stock.Policy.IsTracked)
        {
            Add(new(FirstKey(stock), line.Quantity) { IsUntracked = true },
                ref reserved, ref count);
            return;
        }
        // The safety stock stays, whichever shares it is in.
        var inStock = (int)Math.Min(line.Quantity, stock.Promisable);
        var owed = line.Quantity - inStock;
        for (var start = 0; start < shares.Length && (inStock > 0 || owed > 0);)
        {
            var end = start + 1;
            while (end < shares.Length
                && shares[end].Key.Warehouse == shares[start].Key.Warehouse)
            {
                end++;
            }
            var length = end - start;
            var preferred = length == 1
                ? 0
                : (int)((hash ??= StableHash.Of(id.Value)) % (ulong)length);
            for (var i = 0; i < length && (inStock > 0 || owed > 0); i++)
            {
                var share = shares[start + ((preferred + i) % length)];
                var taken = (int)Math.Min(inStock, share.Available);
                if (taken == 0 && owed == 0) continue;
                Add(new(share.Key, taken + owed) { Backordered = owed },
                    ref reserved, ref count);
                inStock -= taken;
                owed = 0;
            }
            start = end;
        }
        if (owed > 0)
            Add(new(FirstKey(stock), owed) { Backordered = owed }, ref reserved, ref count);
    }

    private static ShareKey FirstKey(ProductStock stock) => stock.Shares.Length > 0
        ? stock.Shares[0].Key : new(stock.Sku, stock.Region);

    private static void Add(ReservedLine line, ref ReservedLine[] reserved, ref int count)
    {
        if (count == reserved.Length) Array.Resize(ref reserved, Math.Max(4, 2 * count));
        reserved[count++] = line;
    }
}
