using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// What must still hold of a share when units of it are reserved, besides that there are enough:
/// the policy, as far as one share can tell.
/// </summary>
internal static class HoldGuards
{
    /// <summary>The movement with its guards.</summary>
    /// <param name="hold">A reservation's first phase.</param>
    /// <param name="stocks">The products as they were read.</param>
    /// <param name="now">The store's clock.</param>
    /// <param name="debtsFirst">Whether units of a share that owes some are not to be taken: they
    /// may be sold already, and about to be handed out.</param>
    public static MovementDocument Of(
        MovementDocument hold, IReadOnlyList<ProductStock> stocks, DateTimeOffset now,
        bool debtsFirst) =>
        hold with
        {
            Lines = [.. hold.Lines.Select(line =>
            {
                var stock = stocks.First(one => one.Sku.Value == line.Share.Sku);
                return line with { Guard = GuardOf(line, stock, now, debtsFirst) };
            })],
        };

    private static string? GuardOf(
        MovementLineDocument line, ProductStock stock, DateTimeOffset now, bool debtsFirst)
    {
        var conditions = new List<string>(3);
        // Of several shares none knows what the others have.
        if (line.Available < 0 && stock.Policy.SafetyStock > 0 && stock.Shares.Length == 1)
            conditions.Add($"c.available >= {stock.Policy.SafetyStock - line.Available}");
        if (line.Backordered > 0)
        {
            // Other shares owe what they owed a moment ago.
            var others = stock.Backordered - stock.Find(line.Share.ToKey()).Backordered;
            var most = stock.Policy.BeyondStock(now) - others - line.Backordered;
            conditions.Add($"c.backordered <= {most}");
        }
        if (debtsFirst && line.Available < 0) conditions.Add("c.backordered = 0");
        return conditions.Count == 0 ? null : string.Join(" AND ", conditions);
    }
}
