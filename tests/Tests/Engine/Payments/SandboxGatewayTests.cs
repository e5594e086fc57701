using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class SandboxGatewayTests : PaymentGatewayContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-").FullName;
    private readonly FakeTimeProvider _time = new(Start);
    private SandboxGateway _gateway;

    public SandboxGatewayTests() => _gateway = Open();

    protected override IPaymentGateway Gateway => _gateway;

    public void Dispose()
    {
        _gateway.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    protected override void Confirm(string reference, bool approve) =>
        Assert.NotNull(_gateway.CompleteStepUp(reference, approve));

    [Fact]
    public async Task The_ledger_survives_the_end_of_the_process()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        await _gateway.CaptureAsync(Next(PaymentKind.Capture, 6m, held), Ct);
        var step = Assert.IsType<PaymentOutcome.ActionRequired>(
            await _gateway.AuthorizeAsync(Authorization("tok_threeDSecureRequired"), Ct));
        Confirm(step.Reference, approve: true);
        var before = await ListAsync();

        Reopen();

        Assert.Equal(before, await ListAsync());
        Assert.IsType<PaymentOutcome.Rejected>(
            await _gateway.RefundAsync(Next(PaymentKind.Refund, 6.01m, held), Ct));
        Assert.IsType<PaymentOutcome.Approved>(
            await _gateway.RefundAsync(Next(PaymentKind.Refund, 6m, held), Ct));
    }

    [Fact]
    public async Task A_record_that_was_cut_off_is_not_there()
    {
        var first = Authorization("tok_visa");
        var second = Authorization("tok_visa");
        await _gateway.AuthorizeAsync(first, Ct);
        await _gateway.AuthorizeAsync(second, Ct);
        _gateway.Dispose();
        Damage();
        _gateway = Open();

        Assert.IsType<PaymentOutcome.Approved>(await _gateway.QueryAsync(first.Operation, Ct));
        Assert.IsType<PaymentOutcome.NeverSeen>(await _gateway.QueryAsync(second.Operation, Ct));
        Assert.IsType<PaymentOutcome.Approved>(await _gateway.AuthorizeAsync(second, Ct));
        Reopen();
        Assert.IsType<PaymentOutcome.Approved>(await _gateway.QueryAsync(second.Operation, Ct));
    }

    [Fact]
    public async Task The_oldest_operations_are_forgotten_beyond_the_limit()
    {
        var first = Authorization("tok_visa");
        await _gateway.AuthorizeAsync(first, Ct);
        for (var i = 0; i < 999; i++) await _gateway.AuthorizeAsync(Authorization("tok_visa"), Ct);
        Assert.IsType<PaymentOutcome.Approved>(await _gateway.QueryAsync(first.Operation, Ct));

        await _gateway.AuthorizeAsync(Authorization("tok_visa"), Ct);

        Assert.IsType<PaymentOutcome.NeverSeen>(await _gateway.QueryAsync(first.Operation, Ct));
        Assert.Equal(1_000, (await ListAsync()).Count);
    }

    [Fact]
    public async Task A_ledger_of_several_files_drops_the_oldest_and_opens_with_the_rest()
    {
        // Long ids fill files of 16 MiB sooner.
        var id = new string('x', 240);
        PaymentRequest last = Authorization("tok_visa");
        for (var i = 0; i < 60_000; i++)
        {
            last = last with
            {
                Operation = last.Operation with { Id = new($"{i:D6}{id}"), Order = new(id) },
            };
            await _gateway.AuthorizeAsync(last, Ct);
        }
        Assert.Single(Directory.GetFiles(_folder));

        Reopen();

        Assert.Equal(1_000, (await ListAsync()).Count);
        Assert.IsType<PaymentOutcome.Approved>(await _gateway.QueryAsync(last.Operation, Ct));
    }

    [Fact]
    public async Task A_slow_card_answers_after_a_while()
    {
        var request = Authorization("tok_slow");
        var answer = _gateway.AuthorizeAsync(request, Ct).AsTask();
        Assert.False(answer.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.IsType<PaymentOutcome.Approved>(await answer);
    }

    [Theory]
    [InlineData("tok_lostCapture", PaymentKind.Capture)]
    [InlineData("tok_lostRefund", PaymentKind.Refund)]
    public async Task A_lost_answer_of_a_later_operation_is_found_by_a_query(
        string token, PaymentKind kind)
    {
        var held = await AuthorizeAsync(token, 10m);
        if (kind == PaymentKind.Refund)
            await _gateway.CaptureAsync(Next(PaymentKind.Capture, 10m, held), Ct);
        var request = Next(kind, 10m, held);

        var answer = kind == PaymentKind.Capture
            ? async () => await _gateway.CaptureAsync(request, Ct)
            : (Func<Task>)(async () => await _gateway.RefundAsync(request, Ct));
        await Assert.ThrowsAsync<TimeoutException>(answer);

        Assert.IsType<PaymentOutcome.Approved>(await _gateway.QueryAsync(request.Operation, Ct));
    }

    [Fact]
    public async Task A_capture_that_keeps_the_rest_is_followed_by_another()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        var part = Next(PaymentKind.Capture, 6m, held);
        part = part with { Operation = part.Operation with { KeepRest = true } };
        Assert.IsType<PaymentOutcome.Approved>(await _gateway.CaptureAsync(part, Ct));
        Assert.IsType<PaymentOutcome.Rejected>(
            await _gateway.CaptureAsync(Next(PaymentKind.Capture, 4.01m, held), Ct));
        Assert.IsType<PaymentOutcome.Approved>(
            await _gateway.CaptureAsync(Next(PaymentKind.Capture, 4m, held), Ct));
    }

    [Fact]
    public async Task A_payment_that_was_let_go_cannot_be_confirmed_any_more()
    {
        var request = Authorization("tok_threeDSecureRequired");
        var step = Assert.IsType<PaymentOutcome.ActionRequired>(
            await _gateway.AuthorizeAsync(request, Ct));
        Assert.IsType<PaymentOutcome.Approved>(await _gateway.VoidAsync(
            Next(PaymentKind.Void, 10m, new(step.Reference, new(10m, Euro))), Ct));

        Assert.Null(_gateway.CompleteStepUp(step.Reference, approve: true));
        Assert.IsType<PaymentOutcome.Declined>(await _gateway.QueryAsync(request.Operation, Ct));
    }

    [Fact]
    public async Task Its_webhooks_read_back_as_what_they_are_about()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        await _gateway.CaptureAsync(Next(PaymentKind.Capture, 10m, held), Ct);

        foreach (var record in await ListAsync())
        {
            var notice = _gateway.ReadNotice(SandboxWebhook.Body(record))!;
            Assert.Equal(
                (record.Operation, record.Order, record.Kind, record.State, record.Amount),
                (notice.Operation, notice.Order, notice.Kind, notice.State, notice.Amount));
        }
        Assert.Throws<FormatException>(() => _gateway.ReadNotice("{\"id\":7}"u8));
    }

    private SandboxGateway Open() => new(
        new() { Name = "sandbox", LedgerLimit = 1_000, SlowAnswer = TimeSpan.FromSeconds(3) },
        _time, _folder);

    private void Reopen()
    {
        _gateway.Dispose();
        _gateway = Open();
    }

    /// <summary>Changes the last byte of the last record.</summary>
    private void Damage()
    {
        var file = Directory.GetFiles(_folder).Order().Last();
        var bytes = File.ReadAllBytes(file);
        var end = Array.FindLastIndex(bytes, b => b != 0);
        bytes[end]++;
        File.WriteAllBytes(file, bytes);
    }
}
