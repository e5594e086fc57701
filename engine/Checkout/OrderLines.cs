using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Which units of an order are where, and what they cost. Pure.</summary>
internal static class OrderLines
{
    public static IReadOnlyList<ActionLine> NotShipped(Order order) => Left(
        order, line => line.Quantity
            - order.UnitsOf(line.Sku, OrderActionKind.Shipped)
            - order.UnitsOf(line.Sku, OrderActionKind.Cancelled));

    public static IReadOnlyList<ActionLine> NotReturned(Order order) => Left(
        order, line => order.UnitsOf(line.Sku, OrderActionKind.Shipped)
            - order.UnitsOf(line.Sku, OrderActionKind.Returned));

    /// <summary>
    /// What units cost that come back next: of a line's total, in proportion, rounded on the sum
    /// of all that came back so far, so that the parts add up to the line's total exactly.
    /// </summary>
    public static Money PriceOf(Order order, IReadOnlyList<ActionLine> lines)
    {
        var sum = Money.Zero(order.Total.Currency);
        foreach (var (sku, quantity) in lines)
        {
            var line = order.Lines.First(one => one.Sku == sku);
            var before = order.UnitsOf(sku, OrderActionKind.Returned)
                + order.UnitsOf(sku, OrderActionKind.Cancelled);
            sum += Part(line.Total, before + quantity, line.Quantity)
                - Part(line.Total, before, line.Quantity);
        }
        return sum;
    }

    /// <summary>Why the lines are not among those that are left; null where they are.</summary>
    public static Refusal? Check(
        IReadOnlyList<ActionLine> lines, IReadOnlyList<ActionLine> left, string what)
    {
        if (lines.Count == 0)
            return new(RefusalCode.OrderState, $"Nothing is {what}.");
        var seen = new HashSet<Sku>();
        foreach (var (sku, quantity) in lines)
        {
            var available = left.FirstOrDefault(one => one.Sku == sku).Quantity;
            if (quantity >= 1 && quantity <= available && seen.Add(sku)) continue;
            return new(RefusalCode.InvalidQuantity,
                $"{sku}: {quantity} units asked, {available} are {what}; name each product once.")
            { Lines = [new(sku, quantity, available)], Field = "/lines" };
        }
        return null;
    }

    /// <summary>The order with where its units ship from, unless there is one place only.
    /// </summary>
    public static Order WithOrigins(Order order, Reservation held)
    {
        var lines = held.Lines;
        var isPlain = true;
        for (var i = 0; i < lines.Count; i++)
            isPlain &= lines[i].Share.Warehouse == default;
        if (isPlain) return order;
        ShipFrom[] origins = [.. lines
            .GroupBy(line => (line.Share.Sku, line.Share.Warehouse))
            .Select(same => new ShipFrom(
                same.Key.Sku, same.Key.Warehouse.ToString(), same.Sum(line => line.Quantity)))];
        return order.Then(progress => progress with { ShipsFrom = origins });
    }

    /// <summary>Why the order cannot have shipped what it says: some units are not there yet.
    /// </summary>
    public static Refusal? CheckThere(Order order, Reservation sold)
    {
        if (!sold.IsWaiting) return null;
        List<RefusedLine>? owed = null;
        var shipped = BundleRules.ToStock(
            [.. order.Lines
                .Select(line => new StockLine(
                    line.Sku, order.UnitsOf(line.Sku, OrderActionKind.Shipped)))
                .Where(line => line.Quantity > 0)],
            order.Terms.Bundles);
        foreach (var (sku, units) in shipped)
        {
            var there = sold.Lines.Where(one => one.Share.Sku == sku)
                .Sum(one => one.Quantity - one.Released - one.Backordered);
            if (units > there) (owed ??= []).Add(new(sku, units, there));
        }
        return owed is null ? null : new(RefusalCode.OutOfStock,
            $"{owed[0].Sku}: {owed[0].Asked} units would have been shipped, and only " +
            $"{owed[0].Available} have come in; ship those, or wait.")
        { Lines = owed };
    }

    /// <summary>Units that come back, without those that were never there.</summary>
    public static IReadOnlyList<StockLine> Without(
        IReadOnlyList<StockLine> lines, IReadOnlyList<ReservedLine> reserved)
    {
        var waiting = reserved.GroupBy(line => line.Share.Sku)
            .ToDictionary(same => same.Key, same => same.Sum(line => line.Backordered));
        return [.. StockRules.AddUp(lines)
            .Select(line => line with
            {
                Quantity = line.Quantity - waiting.GetValueOrDefault(line.Sku),
            })
            .Where(line => line.Quantity > 0)];
    }

    private static Money Part(Money total, int units, int of) =>
        new Money(total.Amount * units / of, total.Currency).Round();

    private static List<ActionLine> Left(Order order, Func<Pricing.QuoteLine, int> units)
    {
        var left = new List<ActionLine>();
        foreach (var line in order.Lines)
            if (units(line) is > 0 and var quantity) left.Add(new(line.Sku, quantity));
        return left;
    }
}
