using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// The screenings of stored orders: the log of decisions, and what the counters are made of again
/// after a restart.
/// </summary>
public static class FraudHistory
{
    // A page of orders at a time: they are read beside the traffic.
    private const int PageLimit = OrderQuery.LimitMaximum;

    /// <summary>The longest window of a counter.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromDays(7);

    /// <summary>
    /// Orders that are read again at start-up, at most: they are counted at some 100,000 a
    /// second, and the shop is open meanwhile.
    /// </summary>
    public const int OrderLimit = 1_000_000;

    /// <summary>Counts the stored orders of the last days again, the newest pages first.</summary>
    /// <returns>How many were counted.</returns>
    public static async ValueTask<int> RebuildAsync(
        IOrderStore orders, FraudScreen screen, DateTimeOffset now, CancellationToken ct)
    {
        var count = 0;
        var query = new OrderQuery(PageLimit) { Attempts = true };
        while (count < OrderLimit)
        {
            var page = await orders.ListNewestAsync(query, ct);
            screen.Rebuild(page.Reverse().Select(ToPast).OfType<PastScreening>());
            count += page.Count;
            if (page.Count < PageLimit || page[^1].Terms.StartedAt < now - Span) break;
            query = query with { Before = page[^1].Id };
        }
        return count;
    }

    private static PastScreening? ToPast(Order order)
    {
        if (order.Terms is not { Screened: { } screened, Screening: { } screening }) return null;
        var learned = new List<LearnedOutcome>();
        foreach (var operation in order.Payments)
        {
            if (operation.DeclineCode is not (null or DeclineCodes.Abandoned))
                learned.Add(new(ScreeningOutcome.Declined, operation.CreatedAt));
        }
        foreach (var action in order.Progress.Actions)
        {
            if (action.Kind == OrderActionKind.Approved)
                learned.Add(new(ScreeningOutcome.Cleared, action.At));
            else if (action.Kind == OrderActionKind.Rejected)
                learned.Add(new(ScreeningOutcome.Fraud, action.At));
        }
        return new(screened, screening.Decision, learned);
    }
}
