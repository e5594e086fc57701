using System.Runtime.CompilerServices;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Checkout;

/// <summary>What the orders' ledgers of attempts hold, for reconciliation.</summary>
public static class PaymentHistory
{
    /// <summary>
    /// How long after an order was begun its money moves: returns are taken for a month or two.
    /// A later operation is not found.
    /// </summary>
    public static readonly TimeSpan Reach = TimeSpan.FromDays(60);

    /// <summary>The operations that were decided in a time, of the newest orders first.</summary>
    /// <param name="orders">Where they are.</param>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="ct">Ends the list.</param>
    public static async IAsyncEnumerable<PaymentOperation> ListAsync(
        IOrderStore orders, DateTimeOffset from, DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var query = new OrderQuery(OrderQuery.LimitMaximum) { Attempts = true };
        while (true)
        {
            var page = await orders.ListNewestAsync(query, ct);
            foreach (var order in page)
            {
                foreach (var operation in order.Payments)
                    if (operation.CreatedAt >= from && operation.CreatedAt < to)
                        yield return operation;
            }
            if (page.Count < query.Limit || page[^1].Terms.StartedAt < from - Reach) yield break;
            query = query with { Before = page[^1].Id };
        }
    }
}
