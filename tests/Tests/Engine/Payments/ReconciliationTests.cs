using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class ReconciliationTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_both_sides_have_alike_is_no_exception()
    {
        var (matched, exceptions) = Reconciliation.Compare("g",
            [Here("a", PaymentKind.Authorize), Here("c", PaymentKind.Capture)],
            [There("a", PaymentKind.Authorize), There("c", PaymentKind.Capture)]);
        Assert.Equal(2, matched);
        Assert.Empty(exceptions);
    }

    [Fact]
    public void A_void_that_the_gateway_cannot_name_meets_by_reference()
    {
        var (matched, exceptions) = Reconciliation.Compare("g",
            [Here("v", PaymentKind.Void)], [There(null, PaymentKind.Void)]);
        Assert.Equal(1, matched);
        Assert.Empty(exceptions);
    }

    [Theory]
    [InlineData(PaymentState.Succeeded, 10, null, 0, ReconciliationFault.MissingAtGateway)]
    [InlineData(PaymentState.Succeeded, 10, PaymentState.Succeeded, 9,
        ReconciliationFault.AmountDiffers)]
    [InlineData(PaymentState.Succeeded, 10, PaymentState.Declined, 10,
        ReconciliationFault.StateDiffers)]
    [InlineData(PaymentState.Declined, 10, PaymentState.Succeeded, 10,
        ReconciliationFault.StateDiffers)]
    [InlineData(PaymentState.Unknown, 10, PaymentState.Succeeded, 10,
        ReconciliationFault.Undecided)]
    [InlineData(null, 0, PaymentState.Succeeded, 10, ReconciliationFault.CapturedWithoutOrder)]
    public void A_disagreement_about_a_capture_is_named(
        PaymentState? here, int hereAmount, PaymentState? there, int thereAmount,
        ReconciliationFault expected)
    {
        var (_, exceptions) = Reconciliation.Compare("g",
            here is null ? [] : [Here("c", PaymentKind.Capture, hereAmount, here.Value)],
            there is null ? [] : [There("c", PaymentKind.Capture, thereAmount, there.Value)]);
        Assert.Equal(expected, Assert.Single(exceptions).Fault);
    }

    [Theory]
    [InlineData(PaymentState.Declined, null)]
    [InlineData(PaymentState.Unknown, null)]
    [InlineData(PaymentState.Declined, PaymentState.Declined)]
    [InlineData(null, PaymentState.Declined)]
    public void What_came_to_nothing_on_both_sides_is_no_exception(
        PaymentState? here, PaymentState? there)
    {
        var (_, exceptions) = Reconciliation.Compare("g",
            here is null ? [] : [Here("a", PaymentKind.Authorize, 10, here.Value)],
            there is null ? [] : [There("a", PaymentKind.Authorize, 10, there.Value)]);
        Assert.Empty(exceptions);
    }

    [Fact]
    public void An_authorization_that_no_order_has_is_missing_here()
    {
        var (_, exceptions) = Reconciliation.Compare(
            "g", [], [There("a", PaymentKind.Authorize)]);
        var one = Assert.Single(exceptions);
        Assert.Equal(
            (ReconciliationFault.MissingHere, "a"), (one.Fault, one.Operation!.Value.Value));
    }

    private static PaymentOperation Here(
        string id, PaymentKind kind, int amount = 10,
        PaymentState state = PaymentState.Succeeded) =>
        new(new(id), new("o"), kind, "g", Euros(amount), At)
        {
            State = state,
            Target = kind == PaymentKind.Authorize ? null : "ref",
        };

    private static GatewayRecord There(
        string? id, PaymentKind kind, int amount = 10,
        PaymentState state = PaymentState.Succeeded) =>
        new(id is null ? null : new(id), null, kind, state, Euros(amount), "ref", At);

    private static Money Euros(int amount) => new(amount, Currency.Of("EUR"));
}
