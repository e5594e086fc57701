using System.Globalization;
using System.Net;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Storage.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>When a request is sent again, and after which wait.</summary>
public sealed class RepetitionTests
{
    private readonly EagerClock _clock = new();
    private readonly CosmosOptions _options = new() { RetryLimit = 3 };
    private int _sent;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_throttled_request_comes_again_after_exactly_the_wait_that_was_asked_for()
    {
        await SendAsync(() => Answer(429, TimeSpan.FromMilliseconds(737)), () => Answer(201));

        Assert.Equal([TimeSpan.FromMilliseconds(737)], _clock.Waits);
    }

    [Fact]
    public async Task Who_is_to_come_back_later_than_the_option_waits_is_told_so_at_once()
    {
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            SendAsync(() => Answer(429, TimeSpan.FromSeconds(4)), () => Answer(201)));

        Assert.Equal(TimeSpan.FromSeconds(4), fault.RetryAfter);
        Assert.Empty(_clock.Waits);
    }

    [Theory]
    [InlineData(449)]
    [InlineData(503)]
    public async Task Where_no_wait_is_asked_for_each_is_twice_the_one_before(int status)
    {
        await SendAsync(
            () => Answer(status), () => Answer(status), () => Answer(status), () => Answer(201));

        Assert.Equal([10, 20, 40], _clock.Waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task Who_is_throttled_for_too_long_is_told_when_to_come_again()
    {
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            SendAsync(() => Answer(429, TimeSpan.FromMilliseconds(250))));

        Assert.Equal(TimeSpan.FromMilliseconds(250), fault.RetryAfter);
        Assert.Equal(1 + _options.RetryLimit, _sent);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(449)]
    [InlineData(503)]
    public async Task Where_nobody_says_when_to_come_again_it_is_the_longest_wait(int status)
    {
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            SendAsync(() => Answer(status)));

        Assert.Equal(_options.RetryWaitMaximum, fault.RetryAfter);
        Assert.Equal(1 + _options.RetryLimit, _sent);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(413)]
    public async Task What_would_be_refused_again_is_not_sent_again(int status)
    {
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            SendAsync(() => Answer(status)));

        Assert.Null(fault.RetryAfter);
        Assert.Equal(1, _sent);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(412)]
    public async Task What_says_how_things_are_is_an_answer(int status)
    {
        await SendAsync(() => Answer(status));

        Assert.Equal(1, _sent);
    }

    [Fact]
    public async Task A_request_that_is_never_answered_is_given_up_and_sent_again()
    {
        var requests = new CosmosRequests(_options, _clock);

        using var answer = await requests.SendAsync("c", "read", async token =>
        {
            if (_sent++ > 0) return Answer(200);
            _clock.Advance(_options.RequestTimeout);
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new InvalidOperationException("It was not given up.");
        }, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, _sent);
    }

    [Fact]
    public async Task Who_gives_up_is_not_kept_waiting()
    {
        using var patience = new CancellationTokenSource();
        var requests = new CosmosRequests(_options, _clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await requests.SendAsync("c", "read", async token =>
            {
                _sent++;
                await patience.CancelAsync();
                token.ThrowIfCancellationRequested();
                return Answer(200);
            }, patience.Token));

        Assert.Equal(1, _sent);
    }

    /// <summary>Sends a request that is answered so, the last answer again and again.</summary>
    private async Task<ResponseMessage> SendAsync(params Func<ResponseMessage>[] answers) =>
        await new CosmosRequests(_options, _clock).SendAsync("c", "create",
            _ => Task.FromResult(answers[Math.Min(_sent++, answers.Length - 1)]()), Ct);

    private static ResponseMessage Answer(int status, TimeSpan? retryAfter = null)
    {
        var response = new ResponseMessage((HttpStatusCode)status);
        if (retryAfter is { } wait)
        {
            response.Headers.Add("x-ms-retry-after-ms",
                wait.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        }
        return response;
    }
}
