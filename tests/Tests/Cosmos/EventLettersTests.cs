using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Groups;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Engine.Storage;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

/// <summary>Events that a consumer group could not handle.</summary>
public sealed class EventLettersTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos();

    private EventLetters Letters => _shop.Stores.Shared!.Letters;

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task An_event_that_comes_again_is_kept_once_with_all_that_is_known_of_it()
    {
        await KeepAsync(7, "ann");
        await KeepAsync(7, "ann");

        var letter = Assert.Single(
            _shop.Gate!.ItemsOf(_shop.CosmosOptions.Database, CosmosSchema.DeadLetters));
        Assert.Equal("event:profiles:1:7", letter.GetProperty("id").GetString());
        Assert.Equal("planned", letter.GetProperty("error").GetString());
        Assert.Contains("\"visitorId\":\"ann\"", letter.GetProperty("raw").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_forgotten_is_in_no_letter()
    {
        await KeepAsync(7, "ann");
        await KeepAsync(8, "ann");
        await KeepAsync(9, "bob");

        Assert.Equal(2, await Letters.CountAsync(new("ann"), _shop.Ct));
        Assert.Equal(2, await Letters.ForgetAsync(new("ann"), _shop.Ct));

        Assert.Equal(0, await Letters.CountAsync(new("ann"), _shop.Ct));
        Assert.Equal(1, await Letters.CountAsync(new("bob"), _shop.Ct));
    }

    private ValueTask KeepAsync(long offset, string visitor) => Letters.KeepAsync(
        "profiles", 1, new LoggedEvent(offset, _shop.Time.GetUtcNow(), LogSamples.View(visitor, 1)),
        "planned", _shop.Ct);
}
