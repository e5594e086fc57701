using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>An instance dies between any two requests of an operation; another goes on.</summary>
public sealed class DeadProcessTests
{
    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var trial in Trial.Names)
        {
            cases.Add(trial, false);
            cases.Add(trial, true);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_a_dead_instance_leaves_half_done_another_finishes_or_undoes(
        string operation, bool lastHasEffect)
    {
        var trial = Trial.Of(operation);
        await using var prepared = await trial.PrepareAsync();
        var expected = await prepared.ExpectAsync();
        for (var last = 1; ; last++)
        {
            var shop = await prepared.BeginAsync();
            if (!await DiesAsync(trial, shop, last, lastHasEffect)) return;

            await Trial.HousekeepAsync(shop);

            Assert.Equal((last, ""), (last, LeftOf(shop)));
            await shop.CheckLedgerAsync();
            var answer = await trial.Run(shop, shop.Stores);
            Assert.Equal((last, expected), (last, (answer, await Trial.LookAsync(shop))));
        }
    }

    /// <summary>Whether it died before it was done.</summary>
    private static async Task<bool> DiesAsync(
        Trial trial, ShopFixture shop, int last, bool hasEffect)
    {
        var options = new CosmosOptions
        {
            Endpoint = shop.CosmosOptions.Endpoint,
            Key = shop.CosmosOptions.Key,
            Node = 1,
        };
        using var handler = new DyingHandler(shop.Gate!.Handler, last, hasEffect);
        var client = CosmosAccount.Open(options, settings =>
        {
            settings.HttpClientFactory = () => new(handler, disposeHandler: false);
            settings.LimitToEndpoint = true;
        });
        // Its time ends with it: what it waits for never comes.
        var clock = new FakeTimeProvider(shop.Time.GetUtcNow());
        var stores = CosmosShop.Open(client, options, clock);
        var run = trial.Run(shop, stores);
        var ended = await Task.WhenAny(run, handler.Death);
        // Who is dead disposes of nothing; and the SDK throws while it still asks for something.
        if (ended != run) return true;
        await run;
        client.Dispose();
        return false;
    }

    /// <summary>Which documents still name something that is to be done.</summary>
    private static string LeftOf(ShopFixture shop) => string.Join(", ",
        new[]
        {
            (CosmosSchema.Reservations, "pending"), (CosmosSchema.Operations, "pending"),
            (CosmosSchema.CheckoutKeys, "open"), (CosmosSchema.Orders, "effects"),
        }.SelectMany(place => shop.Gate!.ItemsOf(shop.CosmosOptions.Database, place.Item1)
            .Where(item => item.TryGetProperty(place.Item2, out var left)
                && left.ValueKind != JsonValueKind.Null)
            .Select(item => place.Item1 + "/" + item.GetProperty("id").GetString())));
}
