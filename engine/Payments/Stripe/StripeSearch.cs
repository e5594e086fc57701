using StreamCommerce.Engine.Inventory;
using Stripe;

namespace StreamCommerce.Engine.Payments.Stripe;

/// <summary>Finds our operations at Stripe, and lists what it has.</summary>
internal sealed class StripeSearch(
    PaymentIntentService intents, RefundService refunds, TimeProvider time)
{
    // Stripe documents that its search index may be an hour behind; before that, lists are read,
    // which are exact.
    private static readonly TimeSpan IndexLag = TimeSpan.FromHours(1);

    // Clocks of the shop and of Stripe differ by less than that.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    // An authorization is sent right after it is stored, or when a crashed shop is back.
    private static readonly TimeSpan SentWithin = TimeSpan.FromHours(1);

    // 100 intents each: a shop of three intents a second for an hour.
    private const int PagesLimit = 100;
    private const int PageSize = 100;
    private const string IntentPage = "i:";
    private const string RefundPage = "r:";

    public async ValueTask<PaymentOutcome> FindAsync(
        PaymentOperation operation, CancellationToken ct) => operation.Kind switch
        {
            PaymentKind.Authorize => await FindAuthorizationAsync(operation, ct) is { } intent
                ? StripeIntents.Authorization(intent) : new PaymentOutcome.NeverSeen(),
            PaymentKind.Capture => StripeIntents.Capture(
                await GetAsync(operation.Target, ct), operation.Id),
            PaymentKind.Void => StripeIntents.Void(await GetAsync(operation.Target, ct)),
            _ => await FindRefundAsync(operation, ct) is { } refund
                ? StripeIntents.Refund(refund) : new PaymentOutcome.NeverSeen(),
        };

    public async ValueTask<GatewayPage> ListAsync(
        DateTimeOffset from, DateTimeOffset to, string? page, int limit, CancellationToken ct)
    {
        var range = new DateRangeOptions
        {
            GreaterThanOrEqual = from.UtcDateTime,
            LessThan = to.UtcDateTime,
        };
        page ??= IntentPage;
        var after = page.Length > 2 ? page[2..] : null;
        if (page.StartsWith(IntentPage, StringComparison.Ordinal))
        {
            var found = await intents.ListAsync(new PaymentIntentListOptions
            {
                Created = range,
                Limit = limit,
                StartingAfter = after,
            }, null, ct);
            return new(
                [.. found.Data.SelectMany(StripeIntents.Records)],
                found.HasMore ? IntentPage + found.Data[^1].Id : RefundPage);
        }
        var given = await refunds.ListAsync(new RefundListOptions
        {
            Created = range,
            Limit = limit,
            StartingAfter = after,
        }, null, ct);
        return new(
            [.. given.Data.Select(StripeIntents.Record)],
            given.HasMore ? RefundPage + given.Data[^1].Id : null);
    }

    private async Task<PaymentIntent?> FindAuthorizationAsync(
        PaymentOperation operation, CancellationToken ct)
    {
        if (operation.Reference is { } reference) return await GetAsync(reference, ct);
        if (time.GetUtcNow() - operation.CreatedAt > IndexLag + SentWithin)
            return await SearchAsync(operation.Id, ct);
        string? after = null;
        for (var page = 0; page < PagesLimit; page++)
        {
            var found = await intents.ListAsync(new PaymentIntentListOptions
            {
                Created = new DateRangeOptions
                {
                    GreaterThanOrEqual = (operation.CreatedAt - ClockSkew).UtcDateTime,
                },
                Limit = PageSize,
                StartingAfter = after,
            }, null, ct);
            foreach (var intent in found.Data)
                if (StripeIntents.OperationOf(intent.Metadata) == operation.Id) return intent;
            if (!found.HasMore) return null;
            after = found.Data[^1].Id;
        }
        // Not found in what was looked at is not the same as not there.
        throw new TimeoutException(
            $"More than {PagesLimit * PageSize} payment intents since {operation.CreatedAt:O}.");
    }

    private async Task<PaymentIntent?> SearchAsync(OperationId id, CancellationToken ct)
    {
        // Ids hold no quotes as this shop makes them; one that does is not looked for.
        if (id.Value.Contains('"', StringComparison.Ordinal)) return null;
        var found = await intents.SearchAsync(new PaymentIntentSearchOptions
        {
            Query = $"metadata[\"{StripeIntents.OperationKey}\"]:\"{id}\"",
            Limit = 10,
        }, null, ct);
        // The index ignores case.
        return found.Data.FirstOrDefault(
            intent => StripeIntents.OperationOf(intent.Metadata) == id);
    }

    private async Task<Refund?> FindRefundAsync(PaymentOperation operation, CancellationToken ct)
    {
        string? after = null;
        for (var page = 0; page < PagesLimit; page++)
        {
            var found = await refunds.ListAsync(new RefundListOptions
            {
                PaymentIntent = operation.Target,
                Limit = PageSize,
                StartingAfter = after,
            }, null, ct);
            foreach (var refund in found.Data)
                if (StripeIntents.OperationOf(refund.Metadata) == operation.Id) return refund;
            if (!found.HasMore) return null;
            after = found.Data[^1].Id;
        }
        throw new TimeoutException($"Too many refunds of {operation.Target}.");
    }

    private Task<PaymentIntent> GetAsync(string? id, CancellationToken ct) =>
        intents.GetAsync(id, null, null, ct);
}
