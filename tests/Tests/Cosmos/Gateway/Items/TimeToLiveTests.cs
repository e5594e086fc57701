using System.Net;
using Microsoft.Azure.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

public sealed class TimeToLiveTests : GatewayTest
{
    protected override ContainerProperties Definition =>
        new("things", "/pk") { DefaultTimeToLive = 60 };

    [Fact]
    public async Task An_item_lives_as_long_as_its_container_says_unless_it_says_so_itself()
    {
        await PutAllAsync(
            [new("usual", "p"), new("short", "p", Ttl: 10), new("forever", "p", Ttl: -1)]);

        Time.Advance(TimeSpan.FromSeconds(10));
        var first = await IdsAsync("SELECT * FROM c");
        Time.Advance(TimeSpan.FromSeconds(50));
        var second = await IdsAsync("SELECT * FROM c");

        Assert.Equal(["usual", "forever"], first);
        Assert.Equal(["forever"], second);
    }

    [Fact]
    public async Task A_write_begins_an_items_time_anew()
    {
        await PutAsync(new("a", "p", 1));
        Time.Advance(TimeSpan.FromSeconds(59));
        await Things.PatchItemAsync<Thing>(
            "a", new("p"), [PatchOperation.Set("/size", 2)], null, Ct);
        Time.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(2, (await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task What_has_expired_is_gone_everywhere_and_its_id_is_free()
    {
        await PutAsync(new("a", "p"));
        Time.Advance(TimeSpan.FromSeconds(60));

        var gone = await FailsAsync(() => Things.ReadItemAsync<Thing>("a", new("p"), null, Ct));
        using var feed = Things.GetChangeFeedIterator<Thing>(
            ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion);
        var page = await feed.ReadNextAsync(Ct);
        var again = await Things.CreateItemAsync(new Thing("a", "p"), new("p"), null, Ct);

        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Empty(page);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task A_time_to_live_of_nothing_is_refused()
    {
        var refused = await FailsAsync(() => PutAsync(new("a", "p", Ttl: 0)));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Where_the_container_lets_nothing_expire_an_items_own_time_counts_for_nothing()
    {
        Container lasting = await Shop.CreateContainerAsync("lasting", "/pk", null, null, Ct);
        await lasting.CreateItemAsync(new Thing("a", "p", Ttl: 1), new("p"), null, Ct);

        Time.Advance(TimeSpan.FromDays(1));

        Assert.NotNull((await lasting.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource);
    }
}
