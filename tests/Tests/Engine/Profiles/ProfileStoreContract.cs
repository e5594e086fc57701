using System.Text;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Memory;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Engine.Storage;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Profiles;

/// <summary>What every place for profiles promises.</summary>
public abstract class ProfileStoreContract
{
    private protected static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);
    private protected static readonly VisitorId Ann = new("ann/b?");

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract FakeTimeProvider Time { get; }

    private protected abstract IProfileStore Store { get; }

    [Fact]
    public async Task Of_somebody_unknown_there_is_nothing()
    {
        await ApplyAsync(0, 0, View("S1"));

        Assert.Empty(await Store.FindAsync(new("bob"), Ct));
    }

    [Fact]
    public async Task What_was_done_with_products_is_found_with_all_that_is_kept_of_it()
    {
        var view = View("S1", 5) with { Session = new("s") };
        await ApplyAsync(0, 0, view, View("S2", 6) with { Name = EventName.Search },
            View("S3", 7.0000001) with { Name = EventName.Purchase });

        Assert.Equal(
            [
                new(view.Time.UtcTicks, new("S1"), EventName.ViewItem,
                    Interaction.TagOf(new SessionId("s"))),
                new(view.Time.UtcTicks + 20_000_001, new("S3"), EventName.Purchase, 0),
            ],
            await Store.FindAsync(Ann, Ct));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_last_fifty_by_event_time_are_kept_as_the_engine_keeps_them(int seed)
    {
        var events = new RandomShop(seed) { Visitors = 3, LateShare = 0.1 }.Events(300);
        // Equal times, too: the first to arrive is the older.
        for (var i = 1; i < events.Length; i += 7)
            events[i] = events[i] with { Time = events[i - 1].Time };
        using var run = new GraphRun(build: graph => [new ProfileProjection(graph)]).Push(events);

        for (var from = 0; from < events.Length; from += 70)
            await ApplyAsync(0, from, [.. events.Skip(from).Take(70)]);

        foreach (var visitor in events.Select(e => e.Visitor).Distinct())
        {
            var kept = run.Get<ProfileProjection>()[run.Graph.Visitors.Find(visitor)].ToArray();
            Assert.Equal(
                kept.Select(one => new ProductInteraction(
                    one.Ticks, run.Graph.Products[one.Product], one.Name, one.Session)),
                await Store.FindAsync(visitor, Ct));
        }
    }

    [Fact]
    public async Task Events_that_come_again_do_nothing()
    {
        await ApplyAsync(0, 10, View("S1"), View("S2"));
        await ApplyAsync(0, 10, View("S1"), View("S2"));
        await ApplyAsync(0, 11, View("S2"), View("S3"));

        Assert.Equal(["S1", "S2", "S3"], await SkusAsync());
    }

    [Fact]
    public async Task Older_offsets_do_nothing()
    {
        await ApplyAsync(0, 10, View("S1"));
        await ApplyAsync(0, 3, View("S0"));

        Assert.Equal(["S1"], await SkusAsync());
    }

    [Fact]
    public async Task Two_partitions_are_each_followed_by_their_own_offsets()
    {
        await ApplyAsync(0, 10, View("S1", 1));
        await ApplyAsync(3, 2, View("S2", 2));
        await ApplyAsync(0, 10, View("S1", 1));
        await ApplyAsync(3, 3, View("S3", 3));

        Assert.Equal(["S1", "S2", "S3"], await SkusAsync());
    }

    [Fact]
    public async Task Who_is_forgotten_stays_so_for_older_events_and_is_new_to_later_ones()
    {
        await ApplyAsync(0, 10, View("S1"), View("S2"));

        Assert.Equal(2, await Store.ForgetAsync(Ann, 0, 20, Ct));

        Assert.Empty(await Store.FindAsync(Ann, Ct));
        await ApplyAsync(0, 10, View("S1"), View("S2"));
        await ApplyAsync(0, 19, View("S3"));
        Assert.Empty(await Store.FindAsync(Ann, Ct));
        await ApplyAsync(0, 20, View("S4"));
        Assert.Equal(["S4"], await SkusAsync());
    }

    [Fact]
    public async Task Who_is_forgotten_before_its_events_arrive_stays_forgotten()
    {
        Assert.Equal(0, await Store.ForgetAsync(Ann, 0, 20, Ct));

        await ApplyAsync(0, 19, View("S1"), View("S2"));

        Assert.Equal(["S2"], await SkusAsync());
    }

    [Fact]
    public async Task Forgetting_may_be_repeated_and_leaves_others_alone()
    {
        await ApplyAsync(0, 0, View("S1"), View("S2") with { Visitor = new("bob") });
        await Store.ForgetAsync(Ann, 0, 2, Ct);

        Assert.Equal(0, await Store.ForgetAsync(Ann, 0, 1, Ct));

        Assert.Single(await Store.FindAsync(new("bob"), Ct));
        await ApplyAsync(0, 1, View("S3"));
        Assert.Empty(await Store.FindAsync(Ann, Ct));
    }

    [Fact]
    public async Task A_batch_with_what_is_no_event_is_refused_and_leaves_nothing()
    {
        LoggedEvent[] batch =
            [new(0, Time.GetUtcNow(), View("S1")), new(1, Time.GetUtcNow(), View("S2"), "broken")];

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Store.ApplyAsync(0, batch, Ct).AsTask());

        Assert.StartsWith("The event at offset 1 cannot be read: broken", refused.Message,
            StringComparison.Ordinal);
        Assert.Empty(await Store.FindAsync(Ann, Ct));
    }

    [Fact]
    public async Task A_profile_ends_when_nothing_was_added_for_its_lifetime()
    {
        await ApplyAsync(0, 0, View("S1"));
        Time.Advance(Lifetime / 2);
        await ApplyAsync(0, 1, View("S2"));
        Time.Advance((Lifetime / 2) + TimeSpan.FromHours(1));
        Assert.Equal(["S1", "S2"], await SkusAsync());
        Time.Advance(Lifetime / 2);

        Assert.Empty(await Store.FindAsync(Ann, Ct));
    }

    private protected static CommerceEvent View(string sku, double seconds = 0) => new()
    {
        Id = new($"{sku}-{seconds}"),
        Source = "/shop/web",
        Name = EventName.ViewItem,
        Time = LogSamples.Noon.AddTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)),
        Visitor = Ann,
        Lines = [new(new(sku), 1)],
    };

    private protected ValueTask ApplyAsync(
        int partition, long offset, params CommerceEvent[] events) => Store.ApplyAsync(
        partition,
        events.Select((e, i) => new LoggedEvent(offset + i, Time.GetUtcNow(), e)).ToArray(), Ct);

    private protected async Task<string[]> SkusAsync() =>
        [.. (await Store.FindAsync(Ann, Ct)).Select(one => one.Product.Value)];
}

public sealed class MemoryProfilesTests : ProfileStoreContract
{
    private protected override FakeTimeProvider Time { get; } = new(ShopFixture.Start);

    private protected override IProfileStore Store => _store ??= new MemoryProfiles(Lifetime, Time);

    private MemoryProfiles? _store;
}

public sealed class CosmosProfilesTests : ProfileStoreContract, IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos(new EagerClock());

    private protected override FakeTimeProvider Time => _shop.Time;

    private protected override IProfileStore Store => _shop.Stores.Shared!.Profiles;

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_profile_that_cannot_be_read_is_told_and_can_be_forgotten()
    {
        await SpoilAsync("ann~2Fb~3F");

        var told = await Assert.ThrowsAsync<InvalidDataException>(
            () => Store.FindAsync(Ann, Ct).AsTask());
        await Assert.ThrowsAsync<InvalidDataException>(
            () => ApplyAsync(0, 0, View("S1")).AsTask());
        Assert.StartsWith("Document ann~2Fb~3F of container profiles is no profile: ",
            told.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Store.ForgetAsync(Ann, 0, 1, Ct));
        await ApplyAsync(0, 0, View("S1"), View("S2"));
        Assert.Equal(["S2"], await SkusAsync());
    }

    [Theory]
    [InlineData(RequestKind.CreateItem)]
    [InlineData(RequestKind.ReplaceItem)]
    public async Task A_write_whose_answer_was_lost_counts_once(RequestKind kind)
    {
        if (kind == RequestKind.ReplaceItem) await ApplyAsync(0, 0, View("S1"));
        var isLost = false;
        _shop.Gate!.Faults = request =>
        {
            if (isLost || request.Kind != kind) return null;
            isLost = true;
            return Fault.LostAfter(Loss.Timeout);
        };

        await ApplyAsync(0, 1, View("S2"));

        Assert.True(isLost);
        Assert.Equal(kind == RequestKind.ReplaceItem ? ["S1", "S2"] : ["S2"], await SkusAsync());
    }

    [Fact]
    public async Task Two_readers_of_a_partition_count_each_event_once()
    {
        CommerceEvent[] events = [.. Enumerable.Range(0, 40).Select(i => View($"S{i}", i))];
        await using var other = _shop.OpenAnother();
        async Task ReadAsync(IProfileStore store)
        {
            for (var i = 0; i < events.Length; i++)
                await store.ApplyAsync(0, new[] { new LoggedEvent(i, default, events[i]) }, Ct);
        }

        await Task.WhenAll(ReadAsync(Store), ReadAsync(other.Shared!.Profiles));

        Assert.Equal(events.Select(e => e.Lines[0].Sku.Value), await SkusAsync());
    }

    [Fact]
    public async Task Where_the_account_has_no_units_left_the_caller_is_told_when_to_come_back()
    {
        _shop.Gate!.Faults = request => request.Container == CosmosSchema.Profiles
            ? Fault.Throttled(TimeSpan.FromSeconds(3)) : null;

        var shed = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => ApplyAsync(0, 0, View("S1")).AsTask());

        Assert.Equal(TimeSpan.FromSeconds(3), shed.RetryAfter);
    }

    [Fact]
    public async Task A_visitors_events_of_a_batch_cost_one_read_and_one_write()
    {
        CommerceEvent[] Fifty(int from) =>
            [.. Enumerable.Range(from, 50).Select(i => View($"product-{i:D5}", i))];
        await ApplyAsync(0, 0, Fifty(0));
        _shop.Gate!.Requests.Clear();
        await ApplyAsync(0, 50, Fifty(50));
        var asked = _shop.Gate.Requests.OfItems;

        Assert.Equal(
            [RequestKind.ReadItem, RequestKind.ReplaceItem],
            asked.Select(one => one.Request.Kind));
        Assert.Equal(14.7, asked.Sum(one => one.Charge), 1);
    }

    private async Task SpoilAsync(string id)
    {
        using var client = _shop.Gate!.CreateClient();
        using var content = new MemoryStream(
            Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","next":"?","interactions":[],"ttl":90}"""));
        using var written = await client
            .GetContainer(_shop.CosmosOptions.Database, CosmosSchema.Profiles)
            .CreateItemStreamAsync(content, new PartitionKey(id), cancellationToken: Ct);
        written.EnsureSuccessStatusCode();
    }
}
