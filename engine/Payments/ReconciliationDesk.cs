using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Payments;

/// <summary>
/// The operations that orders have on record, created in a time: from, inclusive; to, exclusive.
/// </summary>
public delegate IAsyncEnumerable<PaymentOperation> ListPaymentOperations(
    DateTimeOffset from, DateTimeOffset to, CancellationToken ct);

/// <summary>Makes the report: reads both sides, and asks again about what seems to differ.
/// </summary>
/// <remarks>
/// The shop dates an operation when it is decided, the gateway when it is done, or when its
/// authorization was: what one side has just outside of the time would seem to be missing. So both
/// sides are read with a <see cref="Margin"/>, which is not reported on, and what the gateway's
/// list lacks it is asked for by id. Operations younger than <see cref="Settling"/> are left out:
/// they are under way.
/// </remarks>
public sealed class ReconciliationDesk(
    PaymentDesk payments, ListPaymentOperations list, TimeProvider time)
{
    /// <summary>How far both sides are read beyond the time asked for.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    /// <summary>How long an operation may be under way.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(5);

    /// <summary>The longest time that a report is about.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromDays(7);

    /// <summary>Operations read of each side; a report of more is not complete.</summary>
    public const int OperationLimit = 500_000;

    /// <summary>Exceptions of a report; one of more is not complete.</summary>
    public const int ExceptionLimit = 1_000;

    // Questions to a gateway, which takes some 100 ms each.
    private const int QueryLimit = 200;

    /// <summary>Compares a time, of at most <see cref="TimeLimit"/>.</summary>
    public async ValueTask<ReconciliationReport> ReportAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var settled = time.GetUtcNow() - Settling;
        if (to > settled) to = settled;
        var (matched, exceptions, isComplete) = (0L, new List<ReconciliationException>(), true);
        var (here, readAll) = await ReadHereAsync(from, to, ct);
        isComplete &= readAll;
        foreach (var gateway in payments.Gateways)
        {
            var ours = here.GetValueOrDefault(gateway.Name) ?? [];
            var (theirs, listedAll) = await ReadThereAsync(gateway, from, to, ct);
            isComplete &= listedAll;
            // Without its list everything would seem to be missing.
            if (!listedAll && theirs.Count == 0) continue;
            var inTime = ours.Where(one => one.CreatedAt >= from && one.CreatedAt < to)
                .Select(one => one.Id).ToHashSet();
            var compared = Reconciliation.Compare(gateway.Name, ours, theirs);
            matched += compared.Matched;
            isComplete &= await AddAsync(
                exceptions, compared.Exceptions, ours, inTime, theirs, from, to, ct);
        }
        return new(from, to, matched, exceptions, isComplete);
    }

    private async ValueTask<bool> AddAsync(
        List<ReconciliationException> to,
        IReadOnlyList<ReconciliationException> found,
        List<PaymentOperation> ours,
        HashSet<OperationId> inTime,
        List<GatewayRecord> theirs,
        DateTimeOffset from,
        DateTimeOffset end,
        CancellationToken ct)
    {
        var byId = ours.ToDictionary(one => one.Id);
        var foreign = theirs.Where(one => one.At >= from && one.At < end)
            .Select(one => (one.Kind, one.Reference, one.Operation)).ToHashSet();
        var queries = 0;
        foreach (var one in found)
        {
            var isHere = one.HereState is not null;
            if (isHere ? !inTime.Contains(one.Operation!.Value)
                : !foreign.Contains((one.Kind, one.Reference!, one.Operation))) continue;
            if (to.Count >= ExceptionLimit) return false;
            if (one.Fault == ReconciliationFault.MissingAtGateway && queries++ < QueryLimit
                && await payments.QueryAsync(byId[one.Operation!.Value], ct)
                    is PaymentOutcome.Approved) continue;
            to.Add(one);
        }
        return true;
    }

    private async ValueTask<(Dictionary<string, List<PaymentOperation>> ByGateway, bool All)>
        ReadHereAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var byGateway = new Dictionary<string, List<PaymentOperation>>(StringComparer.Ordinal);
        var count = 0;
        await foreach (var one in list(from - Margin, to + Margin, ct).WithCancellation(ct))
        {
            if (++count > OperationLimit) return (byGateway, false);
            if (!byGateway.TryGetValue(one.Gateway, out var operations))
                byGateway.Add(one.Gateway, operations = []);
            operations.Add(one);
        }
        return (byGateway, true);
    }

    private static async ValueTask<(List<GatewayRecord> Records, bool All)> ReadThereAsync(
        IPaymentGateway gateway, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var records = new List<GatewayRecord>();
        try
        {
            for (string? page = null; ;)
            {
                var next = await gateway.ListAsync(from - Margin, to + Margin, page, ct);
                records.AddRange(next.Records);
                if (next.Next is null) return (records, true);
                if (records.Count >= OperationLimit) return (records, false);
                page = next.Next;
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or TimeoutException
            or GatewayUnavailableException
            || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return ([], false);
        }
    }
}
