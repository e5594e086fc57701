namespace StreamCommerce.Engine.Inventory;

/// <summary>Units that should go from one share to another.</summary>
public readonly record struct StockMove(ShareKey From, ShareKey To, int Quantity);

/// <summary>
/// Decides which units should go to another region, so that each region's available units are
/// to all as its demand is to all demand. Pure. Reserved units stay where they are.
/// </summary>
/// <remarks>
/// Shares of the whole are rounded by the largest remainder (Hamilton's method), equal remainders
/// by the region's name; so the targets depend on sums only, and a plan that was carried out is
/// followed by an empty one. A region gives no more than it has available above its target.
/// </remarks>
public static class Rebalancing
{
    /// <summary>The transfers that bring every region to its target.</summary>
    /// <param name="shares">All shares of one product, of all regions.</param>
    /// <param name="demand">
    /// Units that each region expects to sell, from 0; a region that is left out expects none.
    /// Where nobody expects any, nothing moves.
    /// </param>
    public static IReadOnlyList<StockMove> Plan(
        IReadOnlyList<Share> shares, IReadOnlyDictionary<StockRegion, long> demand)
    {
        if (shares.Count == 0) return [];
        var sku = shares[0].Key.Sku;
        if (shares.Any(share => share.Key.Sku != sku))
            throw new ArgumentException("The shares must be of one product.", nameof(shares));
        if (demand.Values.Any(units => units < 0))
            throw new ArgumentException("Demand must not be negative.", nameof(demand));
        var available = shares.GroupBy(share => share.Key.Region)
            .ToDictionary(region => region.Key, region => region.Sum(share => share.Available));
        foreach (var region in demand.Keys) available.TryAdd(region, 0);
        var targets = Targets(available, demand);
        if (targets is null) return [];
        var givers = Givers(shares, available, targets).ToArray();
        var giver = 0;
        var moves = new List<StockMove>();
        foreach (var (region, units) in available.OrderBy(r => r.Key.Value, StringComparer.Ordinal))
        {
            var to = new ShareKey(sku, region);
            for (var wanted = targets[region] - units; wanted > 0;)
            {
                // The givers' sum is the takers' sum, so there is one.
                ref var from = ref givers[giver];
                var moved = Math.Min(Math.Min(wanted, from.Units), StockRules.DeltaLimit);
                moves.Add(new(from.Share, to, (int)moved));
                wanted -= moved;
                from.Units -= moved;
                if (from.Units == 0) giver++;
            }
        }
        return moves;
    }

    private static Dictionary<StockRegion, long>? Targets(
        Dictionary<StockRegion, long> available, IReadOnlyDictionary<StockRegion, long> demand)
    {
        // 128 bits: units times demand.
        var units = (UInt128)(ulong)available.Values.Sum();
        var all = demand.Values.Aggregate(UInt128.Zero, (sum, d) => sum + (ulong)d);
        if (all == 0) return null;
        var parts = available.Keys
            .Select(region => (Region: region,
                Part: UInt128.DivRem(units * (ulong)demand.GetValueOrDefault(region), all)))
            .ToList();
        var over = units - parts.Aggregate(UInt128.Zero, (sum, p) => sum + p.Part.Quotient);
        return parts
            .OrderByDescending(p => p.Part.Remainder)
            .ThenBy(p => p.Region.Value, StringComparer.Ordinal)
            .Select((p, rank) => (p.Region, Units: (long)(ulong)p.Part.Quotient
                + ((UInt128)(ulong)rank < over ? 1 : 0)))
            .ToDictionary(p => p.Region, p => p.Units);
    }

    private static IEnumerable<(ShareKey Share, long Units)> Givers(
        IReadOnlyList<Share> shares, Dictionary<StockRegion, long> available,
        Dictionary<StockRegion, long> targets)
    {
        foreach (var region in shares.GroupBy(share => share.Key.Region)
            .OrderBy(region => region.Key.Value, StringComparer.Ordinal))
        {
            var surplus = available[region.Key] - targets[region.Key];
            foreach (var share in region.OrderByDescending(share => share.Available)
                .ThenBy(share => share.Key.ToString(), StringComparer.Ordinal))
            {
                var given = Math.Min(surplus, share.Available);
                if (given <= 0) break;
                yield return (share.Key, given);
                surplus -= given;
            }
        }
    }
}
