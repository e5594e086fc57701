using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using static StreamCommerce.Tests.Simulation.Books;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// What must hold when all has settled: nothing is open or half done, the banks' books say what
/// the orders say, and the units that are gone are those of the orders.
/// </summary>
internal static class FinalAccounts
{
    public static void Check(SimulatedShop shop) => shop.Read(state =>
    {
        CheckAllStock(state);
        Require(state.Undone.Count == 0, "undone are: " + string.Join(", ", state.Undone));
        Require(state.FirstEnd is null,
            "a reservation is still held");
        var orders = state.Orders;
        foreach (var order in orders) CheckMoney(shop, order);
        foreach (var entry in shop.Banks.SelectMany(bank => bank.Entries))
            Require(state.Find(entry.Asked.Order) is not null,
                $"{entry.Asked.Id}: a bank knows an order that is not there");
        foreach (var sku in Wares.Skus) CheckUnits(state, orders, sku);
        var coupons = orders.Count(order => order.State is not (OrderState.Failed
            or OrderState.Cancelled) && order.Terms.Quote.Promotions.Count > 0);
        Require(state.CouponUses == coupons,
            $"{coupons} orders use the coupon, {state.CouponUses} are counted");
        Require(state.CouponUses == state.CouponUsers,
            $"{state.CouponUsers} uses of the coupon are noted, {state.CouponUses} are counted");
    });

    private static void CheckMoney(SimulatedShop shop, Order order)
    {
        var what = $"order {order.Id} ({order.State})";
        Require(order.State is not (OrderState.Authorizing or OrderState.ActionRequired
            or OrderState.InReview or OrderState.Voiding or OrderState.Cancelling)
            && order.OpenPayment is null, $"{what} is still open");
        var (held, captured, refunded) = (0m, 0m, 0m);
        foreach (var one in shop.Banks.SelectMany(bank => bank.Entries)
            .Where(one => one.Asked.Order == order.Id))
        {
            if (one.IsLive) held += one.Asked.Amount.Amount;
            captured += one.Captured;
            refunded += one.Refunded;
        }
        Require(captured == Sum(order, PaymentKind.Capture)
            && refunded == Sum(order, PaymentKind.Refund),
            $"{what}: the banks took {captured} and gave back {refunded}, which it does not say");
        var total = order.Total.Amount;
        switch (order.State)
        {
            case OrderState.Failed:
                Require(held == 0 && captured == 0, $"{what}: {held} held, {captured} taken");
                break;
            case OrderState.Cancelled:
                Require(held == 0 && captured == refunded,
                    $"{what}: {held} held, {captured} taken, {refunded} given back");
                break;
            case OrderState.Placed:
                Require(order.Terms.Capture == CaptureMode.OnShipment && held == total
                    && captured == 0, $"{what}: {held} of {total} held, {captured} taken");
                break;
            default:
                var asked = order.Progress.Actions.FirstOrDefault(action =>
                    action.Kind == OrderActionKind.Captured)?.Amount?.Amount;
                Require(held == 0 && captured == (asked ?? total),
                    $"{what}: {captured} of {asked ?? total} taken, {held} still held");
                break;
        }
    }

    private static void CheckUnits(
        IDurableState state, IReadOnlyList<Order> orders, Sku sku)
    {
        var received = state.Movements(0)
            .Where(one => one.Kind is MovementKind.Received or MovementKind.Adjusted)
            .SelectMany(one => one.Lines).Where(line => line.Share.Sku == sku)
            .Sum(line => line.AvailableDelta);
        long sold = 0;
        foreach (var order in orders)
        {
            if (order.Progress.PlacedAt is null || order.State == OrderState.Cancelled) continue;
            sold += order.Lines.Where(line => line.Sku == sku).Sum(line => line.Quantity)
                - order.UnitsOf(sku, OrderActionKind.Cancelled) - RestockedOf(state, order, sku);
        }
        for (var i = 0; i < Simulation.PickerLimit; i++)
        {
            if (state.Find(new ReservationId($"picker-{i}"))
                is not { State: ReservationState.Committed } picked) continue;
            sold += picked.Lines.Where(line => line.Share.Sku == sku)
                .Sum(line => line.Quantity - line.Released);
        }
        var shares = state.Shares.Where(share => share.Key.Sku == sku).ToList();
        Require(shares.Sum(share => share.OnHand - share.Backordered) == received - sold,
            $"{sku}: {received} came in and {sold} were sold, but there are " +
            string.Join("; ", shares.Select(share =>
                $"{share}: {string.Join(", ", LedgerOf(state, share.Key))}")));
    }

    // Whether a return went back into stock only the ledger knows; once each, by its operation.
    private static int RestockedOf(IDurableState state, Order order, Sku sku) =>
        order.Progress.Actions.Where(action => action.Kind == OrderActionKind.Returned
            && state.IsDone(new($"{order.Id}:{action.Id}")))
            .SelectMany(action => action.Lines)
            .Where(line => line.Sku == sku).Sum(line => line.Quantity);

    private static decimal Sum(Order order, PaymentKind kind) => order.Payments
        .Where(one => one.Kind == kind && one.State == PaymentState.Succeeded)
        .Sum(one => one.Amount.Amount);
}
