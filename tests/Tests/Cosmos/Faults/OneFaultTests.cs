using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>One request of an operation goes wrong, whichever it is.</summary>
public sealed class OneFaultTests
{
    private static readonly Dictionary<string, Fault> Kinds = new()
    {
        ["429"] = Fault.Throttled(TimeSpan.FromMilliseconds(1_500)),
        ["449"] = Fault.RetryWith,
        ["408"] = Fault.Status(408),
        ["503"] = Fault.Unavailable,
        ["timed out, undone"] = Fault.LostBefore(Loss.Timeout),
        ["timed out, done"] = Fault.LostAfter(Loss.Timeout),
        ["broken, undone"] = Fault.LostBefore(Loss.Disconnect),
        ["broken, done"] = Fault.LostAfter(Loss.Disconnect),
    };

    private static readonly string[] Operations =
        ["reserve", "commit", "release", "adjust", "change a cart", "buy"];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var trial in Operations)
            foreach (var kind in Kinds.Keys) cases.Add(trial, kind);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whichever_request_fails_once_the_answer_and_the_effect_are_the_same(
        string operation, string kind)
    {
        var trial = Trial.Of(operation);
        await using var prepared = await trial.PrepareAsync();
        var expected = await prepared.ExpectAsync();
        for (var number = 1; ; number++)
        {
            var shop = await prepared.BeginAsync();
            var isMet = FailOnce(shop, number, Kinds[kind]);

            var answer = await trial.Run(shop, shop.Stores);

            shop.Gate!.Faults = null;
            Assert.Equal((number, expected), (number, (answer, await Trial.LookAsync(shop))));
            if (!isMet()) return;
        }
    }

    [Fact]
    public async Task A_write_that_the_client_itself_repeats_meets_itself_and_counts_once()
    {
        // With its regions to look for, the client repeats a write whose connection broke.
        await using var shop = ShopFixture.Cosmos(new EagerClock());
        await shop.PrepareAsync();
        var trial = Trial.Of("change a cart");
        await using var prepared = await trial.PrepareAsync();
        var expected = await prepared.ExpectAsync();
        await trial.Prepare(shop);
        var isMet = FailOnce(shop, 2, Fault.LostAfter(Loss.Disconnect));

        var answer = await trial.Run(shop, shop.Stores);

        Assert.True(isMet());
        Assert.Equal(expected, (answer, await Trial.LookAsync(shop)));
    }

    private static Func<bool> FailOnce(ShopFixture shop, int number, Fault fault)
    {
        var count = 0;
        shop.Gate!.Faults = request =>
            request.IsOfItems && Interlocked.Increment(ref count) == number ? fault : null;
        return () => Volatile.Read(ref count) >= number;
    }
}
