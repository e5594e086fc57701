using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class ReconciliationDeskTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly SandboxGateway _gateway;
    private readonly PaymentDesk _payments;
    private readonly ReconciliationDesk _desk;
    private readonly List<PaymentOperation> _orders = [];

    public ReconciliationDeskTests()
    {
        _gateway = new(new() { Name = PaymentOptions.SandboxName }, _time);
        _payments = new([_gateway], new PaymentOptions(), _time);
        _desk = new(_payments, ListAsync, _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Orders_that_have_what_the_gateway_has_are_all_that_matches()
    {
        var held = await PayAsync("a1", PaymentKind.Authorize, null);
        await PayAsync("c1", PaymentKind.Capture, held);

        var report = await ReportAsync();

        Assert.Equal((2L, true), (report.Matched, report.IsComplete));
        Assert.Empty(report.Exceptions);
    }

    [Fact]
    public async Task Money_that_no_order_has_on_record_is_reported()
    {
        var held = await PayAsync("a1", PaymentKind.Authorize, null);
        await PayAsync("c1", PaymentKind.Capture, held);
        _orders.RemoveAt(1);

        var one = Assert.Single((await ReportAsync()).Exceptions);

        Assert.Equal((ReconciliationFault.CapturedWithoutOrder, "c1", "order-1"),
            (one.Fault, one.Operation!.Value.Value, one.Order!.Value.Value));
    }

    [Fact]
    public async Task What_the_gateway_did_before_the_time_of_the_report_is_not_missing()
    {
        await PayAsync("a1", PaymentKind.Authorize, null);
        // The shop dates it two hours later than the gateway's list does.
        _orders[0] = _orders[0] with { CreatedAt = Start.AddHours(3) };
        _time.Advance(TimeSpan.FromHours(5));

        var report = await _desk.ReportAsync(Start.AddHours(2), Start.AddHours(4), Ct);

        Assert.Empty(report.Exceptions);
    }

    [Fact]
    public async Task What_is_under_way_is_left_out()
    {
        await PayAsync("a1", PaymentKind.Authorize, null);
        _orders.Clear();
        var now = await _desk.ReportAsync(Start.AddHours(-1), Start.AddHours(1), Ct);
        Assert.Empty(now.Exceptions);
        Assert.Single((await ReportAsync()).Exceptions);
    }

    private ValueTask<ReconciliationReport> ReportAsync()
    {
        _time.Advance(TimeSpan.FromMinutes(10));
        return _desk.ReportAsync(Start.AddHours(-1), Start.AddHours(1), Ct);
    }

    private async Task<string> PayAsync(string id, PaymentKind kind, string? target)
    {
        var operation = new PaymentOperation(
            new(id), new("order-1"), kind, PaymentOptions.SandboxName,
            new(10m, Currency.Of("EUR")), _time.GetUtcNow())
        {
            Target = target,
        };
        var outcome = await _payments.ExecuteAsync(
            new(operation, new PaymentMethod("tok_visa")), Ct);
        _orders.Add(operation.After(outcome));
        return Assert.IsType<PaymentOutcome.Approved>(outcome).Reference;
    }

    private async IAsyncEnumerable<PaymentOperation> ListAsync(
        DateTimeOffset from, DateTimeOffset to,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var one in _orders.ToList())
        {
            ct.ThrowIfCancellationRequested();
            if (one.CreatedAt >= from && one.CreatedAt < to) yield return one;
        }
        await Task.CompletedTask;
    }
}
