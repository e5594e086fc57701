using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class PaymentAmountsTests
{
    private static readonly Currency Euro = Currency.Of("EUR");
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    // A step: what is asked, how much of it in cents, and what comes of it.
    private static readonly Arbitrary<(PaymentKind, int, PaymentState, int)[]> Steps =
        (from kind in Gen.Elements(PaymentKind.Authorize, PaymentKind.Capture,
             PaymentKind.Capture, PaymentKind.Refund, PaymentKind.Refund, PaymentKind.Void)
         from cents in Gen.Choose(1, 1_500)
         from state in Gen.Elements(PaymentState.Succeeded, PaymentState.Succeeded,
             PaymentState.Succeeded, PaymentState.Declined, PaymentState.Unknown,
             PaymentState.Pending, PaymentState.Failed, PaymentState.ActionRequired)
         from target in Gen.Choose(0, 3)
         select (kind, cents, state, target)).ArrayOf().ToArbitrary();

    [Property(MaxTest = 2_000)]
    public Property Whatever_is_let_through_no_more_is_captured_than_authorized_nor_refunded() =>
        Prop.ForAll(Steps, steps =>
        {
            var operations = new List<PaymentOperation>();
            foreach (var step in steps)
            {
                var next = Operation(operations, step);
                if (PaymentAmounts.Check(next, operations) is null)
                    operations.Add(Decided(next, step.Item3));
                MustHold(operations);
                // What was unknown may have happened after all: also then.
                MustHold([.. operations.Select(one => one.State
                    is PaymentState.Unknown or PaymentState.Pending
                    ? Decided(one, PaymentState.Succeeded) : one)]);
            }
        });

    [Fact]
    public void A_second_authorization_waits_for_the_first_to_be_known()
    {
        var first = Authorization(10m) with { State = PaymentState.Unknown, Reference = null };
        var refusal = PaymentAmounts.Check(Authorization(10m, "a2"), [first]);
        Assert.Equal(RefusalCode.InProgress, refusal!.Code);
        Assert.Null(PaymentAmounts.Check(
            Authorization(10m, "a2"), [first with { State = PaymentState.Declined }]));
    }

    [Fact]
    public void A_capture_that_may_have_happened_leaves_nothing_to_capture_or_let_go()
    {
        var held = Authorization(10m);
        var lost = Next(PaymentKind.Capture, 10m, "c1") with { State = PaymentState.Unknown };
        var amounts = PaymentAmounts.Of(Euro, [held, lost]);
        Assert.Equal((0m, 0m, 0m, true), (amounts.Captured.Amount, amounts.Capturable.Amount,
            amounts.Refundable.Amount, amounts.IsUncertain));
        Assert.NotNull(PaymentAmounts.Check(Next(PaymentKind.Void, 10m, "v1"), [held, lost]));
    }

    [Fact]
    public void A_capture_that_keeps_the_rest_leaves_it_to_another()
    {
        var held = Authorization(10m);
        var part = Next(PaymentKind.Capture, 4m, "c1") with
        {
            State = PaymentState.Succeeded,
            KeepRest = true,
        };
        Assert.Equal(6m, PaymentAmounts.CapturableOf(held, [held, part]).Amount);
        Assert.Equal(0m, PaymentAmounts.CapturableOf(
            held, [held, part with { KeepRest = false }]).Amount);
        Assert.Equal(4m, PaymentAmounts.RefundableOf(held, [held, part]).Amount);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.005")]
    public void An_amount_that_is_no_money_is_refused(string amount) => Assert.Equal(
        RefusalCode.Invalid,
        PaymentAmounts.Check(Authorization(decimal.Parse(
            amount, System.Globalization.CultureInfo.InvariantCulture)), [])!.Code);

    [Fact]
    public void A_capture_in_another_currency_is_refused() => Assert.Equal(
        RefusalCode.CurrencyMismatch,
        PaymentAmounts.Check(Next(PaymentKind.Capture, 1m, "c1") with
        {
            Amount = new(1m, Currency.Of("USD")),
        }, [Authorization(10m)])!.Code);

    private static void MustHold(IReadOnlyCollection<PaymentOperation> operations)
    {
        foreach (var held in operations.Where(one => one is
        { Kind: PaymentKind.Authorize, State: PaymentState.Succeeded }))
        {
            var (taken, given) = (Sum(PaymentKind.Capture, held), Sum(PaymentKind.Refund, held));
            Assert.True(taken <= held.Amount.Amount, $"{taken} of {held.Amount} captured");
            Assert.True(given <= taken, $"{given} of {taken} refunded");
        }
        var amounts = PaymentAmounts.Of(Euro, operations);
        Assert.True(amounts.Captured.Amount <= amounts.Authorized.Amount);
        Assert.True(amounts.Refunded.Amount <= amounts.Captured.Amount);
        Assert.True(amounts.Capturable.Amount >= 0 && amounts.Refundable.Amount >= 0);

        decimal Sum(PaymentKind kind, PaymentOperation held) => operations
            .Where(one => one.Kind == kind && one.State == PaymentState.Succeeded
                && one.Target == held.Reference)
            .Sum(one => one.Amount.Amount);
    }

    private static PaymentOperation Operation(
        List<PaymentOperation> operations, (PaymentKind Kind, int Cents, PaymentState, int Of) step)
    {
        var id = $"op{operations.Count}";
        var held = operations.Where(one => one.Kind == PaymentKind.Authorize).ToList();
        return new(new(id), new("o"), step.Kind, "g", new(step.Cents / 100m, Euro), Start)
        {
            Target = step.Kind == PaymentKind.Authorize || held.Count == 0
                ? null : "ref-" + held[step.Of % held.Count].Id,
            KeepRest = step.Cents % 2 == 0,
        };
    }

    private static PaymentOperation Decided(PaymentOperation operation, PaymentState state) =>
        operation with
        {
            State = state,
            Reference = state is PaymentState.Succeeded or PaymentState.ActionRequired
                ? "ref-" + operation.Id : null,
        };

    private static PaymentOperation Authorization(decimal amount, string id = "a1") =>
        new(new(id), new("o"), PaymentKind.Authorize, "g", new(amount, Euro), Start)
        {
            State = PaymentState.Succeeded,
            Reference = "ref-a1",
        };

    private static PaymentOperation Next(PaymentKind kind, decimal amount, string id) =>
        new(new(id), new("o"), kind, "g", new(amount, Euro), Start) { Target = "ref-a1" };
}
