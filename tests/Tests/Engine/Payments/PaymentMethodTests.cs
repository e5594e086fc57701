using StreamCommerce.Engine;
using StreamCommerce.Engine.Payments;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class PaymentMethodTests
{
    [Theory]
    [InlineData("tok_visa")]
    [InlineData("pm_1NkXJ8Lkd3IwHu7ixABC4567")]
    public void A_token_is_taken(string token) => Assert.Null(new PaymentMethod(token).Check());

    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("4242-4242-4242-4242")]
    [InlineData("tok_4242424242424242")]
    [InlineData("5555_5555_5555_4444")]
    [InlineData("123")]
    public void A_card_number_is_refused_and_not_repeated(string token)
    {
        var refusal = new PaymentMethod(token).Check()!;
        Assert.Equal(RefusalCode.Invalid, refusal.Code);
        Assert.DoesNotContain(token, refusal.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tok visa")]
    [InlineData("tok_\"quoted\"")]
    public void A_token_of_other_characters_is_refused(string token) =>
        Assert.NotNull(new PaymentMethod(token).Check());

    [Fact]
    public void A_decline_that_nobody_knows_stops() =>
        Assert.Equal(DeclineAction.Stop, DeclineCodes.ActionOf("brand_new_code"));
}
