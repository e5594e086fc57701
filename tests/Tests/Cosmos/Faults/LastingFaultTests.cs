using StreamCommerce.Engine;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>From some request of an operation on, nothing goes well for long.</summary>
public sealed class LastingFaultTests
{
    private static readonly TimeSpan Asked = TimeSpan.FromMilliseconds(300);

    public static TheoryData<string> Operations() => [.. Trial.Names];

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_was_throttled_for_too_long_succeeds_later_with_the_same_ids(
        string operation) =>
        GoesOnAsync(operation, Fault.Throttled(Asked), ofWritesOnly: false);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task What_found_nobody_for_too_long_succeeds_later_with_the_same_ids(
        string operation) =>
        GoesOnAsync(operation, Fault.Unavailable, ofWritesOnly: false);

    [Theory]
    [MemberData(nameof(Operations))]
    public Task Writes_that_were_done_unanswered_all_along_are_not_done_twice(string operation) =>
        GoesOnAsync(operation, Fault.LostAfter(Loss.Timeout), ofWritesOnly: true);

    [Fact]
    public async Task The_clients_own_repetitions_end_with_the_time_of_a_request()
    {
        // With its regions to look for, the client repeats what found no connection, for minutes;
        // it waits a second of real time before each.
        await using var shop = ShopFixture.Cosmos(new EagerClock(), retryLimit: 1);
        await shop.PrepareAsync();
        var trial = Trial.Of("change a cart");
        await trial.Prepare(shop);
        var count = 0;
        shop.Gate!.Faults = request =>
        {
            if (!request.IsOfItems) return null;
            Interlocked.Increment(ref count);
            shop.Time.Advance(shop.CosmosOptions.RequestTimeout);
            return Fault.LostBefore(Loss.Disconnect);
        };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => trial.Run(shop, shop.Stores));

        // One more of each at most, at once and in another region.
        Assert.InRange(count, 1 + shop.CosmosOptions.RetryLimit,
            2 * (1 + shop.CosmosOptions.RetryLimit));
    }

    private static async Task GoesOnAsync(string operation, Fault fault, bool ofWritesOnly)
    {
        var trial = Trial.Of(operation);
        await using var prepared = await trial.PrepareAsync();
        var (answer, state) = await prepared.ExpectAsync();
        for (var first = 1; ; first++)
        {
            var shop = await prepared.BeginAsync();
            var count = 0;
            shop.Gate!.Faults = request => request.IsOfItems && (request.IsWrite || !ofWritesOnly)
                && Interlocked.Increment(ref count) >= first ? fault : null;

            var failed = await Record.ExceptionAsync(() => trial.Run(shop, shop.Stores));

            shop.Gate.Faults = null;
            if (count < first)
            {
                Assert.Null(failed);
                return;
            }
            // To tell others of what is done may fail unnoticed: the change feed tells them again.
            if (failed is not null)
            {
                var unavailable = Assert.IsType<StoreUnavailableException>(failed);
                Assert.Equal(fault.RetryAfter ?? shop.CosmosOptions.RetryWaitMaximum,
                    unavailable.RetryAfter);
                await Trial.HousekeepAsync(shop);
            }
            Assert.Equal((first, answer), (first, await trial.Run(shop, shop.Stores)));
            Assert.Equal((first, state), (first, await Trial.LookAsync(shop)));
        }
    }
}
