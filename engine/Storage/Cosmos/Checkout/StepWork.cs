using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos.Carts;
using StreamCommerce.Engine.Storage.Cosmos.Pricing;
using StreamCommerce.Engine.Storage.Cosmos.Stock;

namespace StreamCommerce.Engine.Storage.Cosmos.Checkout;

/// <summary>
/// Does what a stored step of an order has yet to do elsewhere. Each part is idempotent, so that
/// two who do it at a time, or again after a crash, do it once. None of it believes a read that
/// says that there is nothing to do: what another instance wrote may not be seen here yet. Any
/// thread.
/// </summary>
internal sealed class StepWork(
    CosmosOrders orders, CosmosStock stock, CosmosCarts carts, CosmosCoupons coupons)
{
    public async ValueTask FinishAsync(Stored<OrderDocument> step, CancellationToken ct)
    {
        var effects = step.Document.Effects!;
        var order = step.Document.ToOrder();
        var reservation = order.Terms.Reservation;
        switch (effects.Stock)
        {
            case StockEffect.Release:
                await ReleaseAsync(order, ct);
                break;
            case StockEffect.Restock:
                await stock.TakeBackAsync(effects.Restocked!, ct);
                break;
            case StockEffect.Unsell:
                await UnsellAsync(reservation, effects.Restocked!, ct);
                break;
            default:
                break;
        }
        if (effects.GivesCouponsBack)
            await coupons.GiveBackAsync(order.Terms.Quote, order.Id, ct);
        if (effects.Cart is { } cart) await carts.TakeAsync(new(cart), order, ct);
        await orders.FinishAsync(step, ct);
    }

    /// <summary>
    /// The reserved units come back. The stored step says that the order is not bought, so they do
    /// also where somebody else, who was about to store that it is bought, has committed them: that
    /// step can never be stored any more.
    /// </summary>
    private async ValueTask ReleaseAsync(Order order, CancellationToken ct)
    {
        var id = order.Terms.Reservation;
        var committed = await stock.GiveUpAsync(id, ct);
        if (committed.State != ReservationState.Committed) return;
        var lines = committed.Lines.Where(line => !line.IsUntracked)
            .Select(line => new StockLine(line.Share.Sku, line.Quantity)).ToList();
        if (lines.Count == 0) return;
        await UnsellAsync(id, new(
            new("never-bought:" + id.Value), lines, order.Terms.StockRegion, "never bought"), ct);
    }

    // What was sold before it was there is not waited for any more, and cannot come back. It is
    // given up first: then what comes back is the same however often this is done.
    private async ValueTask UnsellAsync(
        ReservationId id, RestockUnits asked, CancellationToken ct)
    {
        if (!(await stock.CancelBackordersAsync(id, ct)).Is(out var sold, out var refusal))
        {
            throw new InvalidOperationException(
                $"Reservation {id} was sold, and cannot be given up: {refusal.Detail}");
        }
        // An order commits all of its reservation, so what was released was given up.
        asked = asked with
        {
            Lines = OrderLines.Without(asked.Lines,
                [.. sold.Lines.Select(line => line with { Backordered = line.Released })]),
        };
        if (asked.Lines.Count > 0) await stock.TakeBackAsync(asked, ct);
    }
}
