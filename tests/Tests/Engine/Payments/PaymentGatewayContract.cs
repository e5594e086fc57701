using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

/// <summary>What <see cref="IPaymentGateway"/> promises, for every adapter.</summary>
public abstract class PaymentGatewayContract
{
    protected static readonly Currency Euro = Currency.Of("EUR");

    protected static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private int _lastId;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract IPaymentGateway Gateway { get; }

    /// <summary>The buyer's answer to a step-up.</summary>
    protected abstract void Confirm(string reference, bool approve);

    [Fact]
    public async Task A_good_card_is_authorized_captured_and_refunded()
    {
        var held = await AuthorizeAsync("tok_visa", 25.90m);
        Assert.Equal(new(25.90m, Euro), held.Amount);

        var taken = await Gateway.CaptureAsync(Next(PaymentKind.Capture, 25.90m, held), Ct);
        Assert.Equal(new(25.90m, Euro), Assert.IsType<PaymentOutcome.Approved>(taken).Amount);

        var given = await Gateway.RefundAsync(Next(PaymentKind.Refund, 5.90m, held), Ct);
        Assert.Equal(new(5.90m, Euro), Assert.IsType<PaymentOutcome.Approved>(given).Amount);
    }

    [Theory]
    [InlineData("tok_chargeDeclined", "generic_decline", DeclineAction.RetryElsewhere)]
    [InlineData("tok_chargeDeclinedInsufficientFunds", "insufficient_funds", DeclineAction.Stop)]
    [InlineData("tok_chargeDeclinedExpiredCard", "expired_card", DeclineAction.Stop)]
    [InlineData("tok_chargeDeclinedProcessingError", "processing_error",
        DeclineAction.RetryElsewhere)]
    public async Task A_declined_card_is_an_outcome_with_its_code(
        string token, string code, DeclineAction action)
    {
        var request = Authorization(token);

        var first = await Gateway.AuthorizeAsync(request, Ct);

        var declined = Assert.IsType<PaymentOutcome.Declined>(first);
        Assert.Equal((code, action), (declined.Code, declined.Action));
        Assert.Equal(first, await Gateway.QueryAsync(request.Operation, Ct));
        Assert.Equal(first, await Gateway.AuthorizeAsync(request, Ct));
    }

    [Fact]
    public async Task An_operation_sent_again_has_one_effect_and_the_same_outcome()
    {
        var request = Authorization("tok_visa", 30m);
        var first = await Gateway.AuthorizeAsync(request, Ct);
        Assert.Equal(first, await Gateway.AuthorizeAsync(request, Ct));

        var held = Assert.IsType<PaymentOutcome.Approved>(first);
        var capture = Next(PaymentKind.Capture, 30m, held);
        Assert.Equal(await Gateway.CaptureAsync(capture, Ct),
            await Gateway.CaptureAsync(capture, Ct));
        var refund = Next(PaymentKind.Refund, 20m, held);
        Assert.Equal(await Gateway.RefundAsync(refund, Ct),
            await Gateway.RefundAsync(refund, Ct));

        // Had the refund counted twice, this one would be too much.
        Assert.IsType<PaymentOutcome.Approved>(
            await Gateway.RefundAsync(Next(PaymentKind.Refund, 10m, held), Ct));
    }

    [Fact]
    public async Task An_operation_sent_many_times_at_once_has_one_effect()
    {
        var request = Authorization("tok_visa", 12m);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await Gateway.AuthorizeAsync(request, Ct);
            }
            catch (HttpRequestException)
            {
                // "Still working on it": as good as a lost answer.
            }
        }));

        Assert.IsType<PaymentOutcome.Approved>(await Gateway.QueryAsync(request.Operation, Ct));
        Assert.Single(await ListAsync(), one => one.Operation == request.Operation.Id);
    }

    [Fact]
    public async Task An_id_used_for_another_amount_is_rejected()
    {
        var request = Authorization("tok_visa", 12m);
        await Gateway.AuthorizeAsync(request, Ct);

        var other = request with
        {
            Operation = request.Operation with { Amount = new(13m, Euro) },
        };

        Assert.IsType<PaymentOutcome.Rejected>(await Gateway.AuthorizeAsync(other, Ct));
        var known = await Gateway.QueryAsync(request.Operation, Ct);
        Assert.Equal(12m, Assert.IsType<PaymentOutcome.Approved>(known).Amount.Amount);
    }

    [Fact]
    public async Task No_more_is_captured_than_was_authorized()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        Assert.IsType<PaymentOutcome.Rejected>(
            await Gateway.CaptureAsync(Next(PaymentKind.Capture, 10.01m, held), Ct));

        Assert.IsType<PaymentOutcome.Approved>(
            await Gateway.CaptureAsync(Next(PaymentKind.Capture, 6m, held), Ct));
        Assert.IsType<PaymentOutcome.Rejected>(
            await Gateway.CaptureAsync(Next(PaymentKind.Capture, 4m, held), Ct));
    }

    [Fact]
    public async Task No_more_is_refunded_than_was_captured()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        Assert.IsType<PaymentOutcome.Rejected>(
            await Gateway.RefundAsync(Next(PaymentKind.Refund, 1m, held), Ct));

        await Gateway.CaptureAsync(Next(PaymentKind.Capture, 6m, held), Ct);
        Assert.IsType<PaymentOutcome.Approved>(
            await Gateway.RefundAsync(Next(PaymentKind.Refund, 5m, held), Ct));
        Assert.IsType<PaymentOutcome.Rejected>(
            await Gateway.RefundAsync(Next(PaymentKind.Refund, 1.01m, held), Ct));
    }

    [Fact]
    public async Task What_was_let_go_is_not_captured_and_may_be_let_go_again()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        Assert.IsType<PaymentOutcome.Approved>(
            await Gateway.VoidAsync(Next(PaymentKind.Void, 10m, held), Ct));
        Assert.IsType<PaymentOutcome.Rejected>(
            await Gateway.CaptureAsync(Next(PaymentKind.Capture, 10m, held), Ct));
        Assert.IsType<PaymentOutcome.Approved>(
            await Gateway.VoidAsync(Next(PaymentKind.Void, 10m, held), Ct));
    }

    [Fact]
    public async Task What_was_captured_is_not_let_go()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        await Gateway.CaptureAsync(Next(PaymentKind.Capture, 10m, held), Ct);
        Assert.IsType<PaymentOutcome.Rejected>(
            await Gateway.VoidAsync(Next(PaymentKind.Void, 10m, held), Ct));
    }

    [Fact]
    public async Task A_query_tells_what_was_never_sent_from_what_was_done()
    {
        var unsent = Authorization("tok_visa").Operation;
        Assert.IsType<PaymentOutcome.NeverSeen>(await Gateway.QueryAsync(unsent, Ct));

        var held = await AuthorizeAsync("tok_visa", 10m);
        var capture = Next(PaymentKind.Capture, 7m, held);
        Assert.IsType<PaymentOutcome.NeverSeen>(await Gateway.QueryAsync(capture.Operation, Ct));
        await Gateway.CaptureAsync(capture, Ct);
        var known = await Gateway.QueryAsync(capture.Operation, Ct);
        Assert.Equal(7m, Assert.IsType<PaymentOutcome.Approved>(known).Amount.Amount);

        var refund = Next(PaymentKind.Refund, 2m, held);
        Assert.IsType<PaymentOutcome.NeverSeen>(await Gateway.QueryAsync(refund.Operation, Ct));
        await Gateway.RefundAsync(refund, Ct);
        Assert.IsType<PaymentOutcome.Approved>(await Gateway.QueryAsync(refund.Operation, Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_step_up_is_decided_by_the_buyer(bool approves)
    {
        var request = Authorization("tok_threeDSecureRequired");
        var step = Assert.IsType<PaymentOutcome.ActionRequired>(
            await Gateway.AuthorizeAsync(request, Ct));
        Assert.Equal(step, await Gateway.QueryAsync(request.Operation, Ct));

        Confirm(step.Reference, approves);

        var after = await Gateway.QueryAsync(request.Operation, Ct);
        if (approves) Assert.IsType<PaymentOutcome.Approved>(after);
        else Assert.IsType<PaymentOutcome.Declined>(after);
    }

    [Fact]
    public async Task A_step_up_that_is_asked_for_is_made()
    {
        var request = Authorization("tok_visa") with { StepUp = true };
        Assert.IsType<PaymentOutcome.ActionRequired>(await Gateway.AuthorizeAsync(request, Ct));
    }

    [Fact]
    public async Task A_lost_answer_is_found_by_a_query_and_the_effect_is_one()
    {
        var request = Authorization("tok_lostAnswer");
        await Assert.ThrowsAnyAsync<Exception>(
            async () => await Gateway.AuthorizeAsync(request, Ct));

        var known = await Gateway.QueryAsync(request.Operation, Ct);

        Assert.IsType<PaymentOutcome.Approved>(known);
        Assert.Equal(known, await Gateway.AuthorizeAsync(request, Ct));
        Assert.Single(await ListAsync(), one => one.Operation == request.Operation.Id);
    }

    [Fact]
    public async Task A_lost_request_has_left_nothing_and_may_be_sent_again()
    {
        var request = Authorization("tok_lostRequest");
        await Assert.ThrowsAnyAsync<Exception>(
            async () => await Gateway.AuthorizeAsync(request, Ct));
        Assert.IsType<PaymentOutcome.NeverSeen>(await Gateway.QueryAsync(request.Operation, Ct));
        Assert.IsType<PaymentOutcome.Approved>(await Gateway.AuthorizeAsync(request, Ct));
    }

    [Fact]
    public async Task A_gateway_that_cannot_work_promises_that_nothing_was_done()
    {
        var request = Authorization("tok_unavailable");
        await Assert.ThrowsAsync<GatewayUnavailableException>(
            async () => await Gateway.AuthorizeAsync(request, Ct));
        Assert.IsType<PaymentOutcome.NeverSeen>(await Gateway.QueryAsync(request.Operation, Ct));
    }

    [Fact]
    public async Task The_list_has_every_effect_of_a_time_once()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        var capture = Next(PaymentKind.Capture, 8m, held);
        var refund = Next(PaymentKind.Refund, 3m, held);
        await Gateway.CaptureAsync(capture, Ct);
        await Gateway.RefundAsync(refund, Ct);

        var records = await ListAsync();

        Assert.Equal(
            [(PaymentKind.Authorize, 10m), (PaymentKind.Capture, 8m), (PaymentKind.Refund, 3m)],
            records.OrderBy(one => one.Kind).Select(one => (one.Kind, one.Amount.Amount)));
        Assert.All(records, one => Assert.Equal("order-1", one.Order!.Value.Value));
        Assert.Contains(records, one => one.Operation == capture.Operation.Id);
        Assert.Contains(records, one => one.Operation == refund.Operation.Id);
        Assert.Empty((await Gateway.ListAsync(
            Start.AddDays(-9), Start.AddDays(-8), null, Ct)).Records);
    }

    protected PaymentRequest Authorization(string token, decimal amount = 10m) => new(
        new(new($"op-{++_lastId}"), new("order-1"), PaymentKind.Authorize, Gateway.Name,
            new(amount, Euro), Start), new PaymentMethod(token));

    protected PaymentRequest Next(
        PaymentKind kind, decimal amount, PaymentOutcome.Approved authorization) => new(
        new(new($"op-{++_lastId}"), new("order-1"), kind, Gateway.Name, new(amount, Euro), Start)
        {
            Target = authorization.Reference,
        });

    protected async Task<PaymentOutcome.Approved> AuthorizeAsync(string token, decimal amount) =>
        Assert.IsType<PaymentOutcome.Approved>(
            await Gateway.AuthorizeAsync(Authorization(token, amount), Ct));

    protected async Task<List<GatewayRecord>> ListAsync()
    {
        var records = new List<GatewayRecord>();
        for (string? page = null; ;)
        {
            var next = await Gateway.ListAsync(Start.AddDays(-1), Start.AddDays(1), page, Ct);
            records.AddRange(next.Records);
            if (next.Next is null) return records;
            page = next.Next;
        }
    }
}
