using System.Net;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Faults;

public sealed class FaultTests : GatewayTest
{
    private static readonly PartitionKey P = new("p");

    protected override ValueTask<CosmosClient> ConnectAsync() =>
        ValueTask.FromResult(Gateway.CreateClient(options =>
            options.MaxRetryAttemptsOnRateLimitedRequests = 0));

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_request_that_is_answered_with_an_error_has_no_effect(int status)
    {
        Gateway.Faults = request => request.IsWrite ? Fault.Status(status) : null;

        var failed = await FailsAsync(CreateAsync);
        Gateway.Faults = null;

        Assert.Equal(status, (int)failed.StatusCode);
        Assert.Empty(await IdsAsync("SELECT * FROM c"));
    }

    [Fact]
    public async Task A_throttled_client_is_told_when_to_come_again()
    {
        Gateway.Faults = _ => Fault.Throttled(TimeSpan.FromMilliseconds(40));

        var throttled = await FailsAsync(CreateAsync);

        Assert.Equal(HttpStatusCode.TooManyRequests, throttled.StatusCode);
        Assert.Equal(TimeSpan.FromMilliseconds(40), throttled.RetryAfter);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(449)]
    public async Task The_client_itself_tries_again_what_was_throttled_or_met_another_write(
        int status)
    {
        using var client = Gateway.CreateClient();
        var writes = 0;
        Gateway.Faults = request => !request.IsWrite || writes++ > 0 ? null
            : status == 429 ? Fault.Throttled(TimeSpan.FromMilliseconds(1)) : Fault.RetryWith;

        await client.GetContainer("shop", "things")
            .CreateItemAsync(new Thing("a", "p"), P, null, Ct);

        Assert.Equal(2, writes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_times_out_may_be_there_or_not(bool hasEffect)
    {
        FailFirstWrite(hasEffect ? Fault.LostAfter(Loss.Timeout) : Fault.LostBefore(Loss.Timeout));

        await Assert.ThrowsAnyAsync<Exception>(CreateAsync);

        Assert.Equal(hasEffect ? ["a"] : [], await IdsAsync("SELECT * FROM c"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_whose_connection_breaks_is_repeated_by_the_client_and_may_meet_itself(
        bool hasEffect)
    {
        FailFirstWrite(
            hasEffect ? Fault.LostAfter(Loss.Disconnect) : Fault.LostBefore(Loss.Disconnect));

        var met = await Record.ExceptionAsync(CreateAsync);

        Assert.Equal(
            hasEffect ? HttpStatusCode.Conflict : null, (met as CosmosException)?.StatusCode);
        Assert.Equal(
            hasEffect ? [201, 409] : [0, 201],
            Gateway.Requests.All.Where(answered => answered.Request.IsWrite)
                .Select(answered => answered.Status));
    }

    [Fact]
    public async Task A_client_of_one_endpoint_repeats_no_write_whose_connection_breaks()
    {
        using var client = Gateway.CreateClient(options => options.LimitToEndpoint = true);
        FailFirstWrite(Fault.LostAfter(Loss.Disconnect));

        await Assert.ThrowsAnyAsync<Exception>(() => client.GetContainer("shop", "things")
            .CreateItemAsync(new Thing("a", "p"), P, null, Ct));

        Assert.Single(Gateway.Requests.All, answered => answered.Request.IsWrite);
    }

    [Fact]
    public async Task A_read_that_is_hedged_is_answered_by_another_region_while_the_first_hangs()
    {
        using var client = Gateway.CreateClient(options =>
        {
            options.ApplicationPreferredRegions = [Region, ReadRegion];
            options.AvailabilityStrategy = AvailabilityStrategy.CrossRegionHedgingStrategy(
                TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        });
        await CreateAsync();
        Gateway.Faults = request => request.Kind == RequestKind.ReadItem
            && request.Region == Region
            ? Fault.LostBefore(Loss.Hang)
            : null;

        var read = await client.GetContainer("shop", "things")
            .ReadItemAsync<Thing>("a", P, null, Ct);

        Assert.Equal("a", read.Resource.Id);
        Assert.Equal(ReadRegion, Gateway.Requests.OfItems.Last(one => one.Status == 200)
            .Request.Region);
    }

    [Fact]
    public async Task A_range_that_is_said_to_be_gone_is_looked_for_again()
    {
        var reads = 0;
        await CreateAsync();
        Gateway.Faults = request => request.Kind == RequestKind.Query && reads++ == 0
            ? Fault.Status(410, SubStatus.PartitionKeyRangeGone)
            : null;

        Assert.Equal(["a"], await IdsAsync("SELECT * FROM c"));
    }

    [Fact]
    public async Task A_request_that_hangs_ends_when_its_client_gives_up()
    {
        using var patience = new CancellationTokenSource();
        Gateway.Faults = request =>
        {
            if (!request.IsWrite)
            {
                return null;
            }

            patience.Cancel();
            return Fault.LostBefore(Loss.Hang);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Things.CreateItemAsync(new Thing("a", "p"), P, null, patience.Token));
    }

    [Fact]
    public void The_same_seed_meets_the_same_faults()
    {
        var first = Draw(seed: 1);

        Assert.Equal(first, Draw(seed: 1));
        Assert.NotEqual(first, Draw(seed: 2));
        Assert.InRange(first.Count(fault => fault is not null), 150, 250);

        static Fault?[] Draw(int seed)
        {
            var faults = new SeededFaults(seed, 0.2, SeededFaults.Usual);
            return [.. Enumerable.Range(1, 1000).Select(number => faults.Next(
                new(number, RequestKind.CreateItem, "shop", "things", "p", "", Region)))];
        }
    }

    private void FailFirstWrite(Fault fault)
    {
        var writes = 0;
        Gateway.Faults = request => request.IsWrite && writes++ == 0 ? fault : null;
    }

    private Task CreateAsync() => Things.CreateItemAsync(new Thing("a", "p"), P, null, Ct);
}
