using Microsoft.AspNetCore.Http;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine;
using Xunit;

namespace StreamCommerce.Tests.Api.Problems;

public sealed class FaultProblemTests
{
    [Theory]
    [InlineData(0, "1")]
    [InlineData(250, "1")]
    [InlineData(1_000, "1")]
    [InlineData(1_001, "2")]
    [InlineData(30_000, "30")]
    public async Task Who_asks_a_store_that_is_busy_is_told_when_to_come_again(
        int milliseconds, string seconds)
    {
        var fault = new StoreUnavailableException("It is busy.")
        {
            RetryAfter = TimeSpan.FromMilliseconds(milliseconds),
        };

        Assert.Equal((503, seconds), await AnswerAsync(fault));
    }

    [Fact]
    public async Task Where_the_store_does_not_say_when_it_is_in_a_second() =>
        Assert.Equal((503, "1"), await AnswerAsync(new StoreUnavailableException("It is shut.")));

    private static async Task<(int Status, string RetryAfter)> AnswerAsync(Exception fault)
    {
        var context = new DefaultHttpContext();
        await FaultProblems.Of(fault).WriteAsync(context);
        return (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString());
    }
}
