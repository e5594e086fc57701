using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Stock;

public sealed class KnownSharesTests
{
    private static readonly ShareKey Key = ShopFixture.Share("tea");

    private readonly FakeTimeProvider _time = new(ShopFixture.Start);
    private readonly CosmosOptions _options = new();
    private readonly KnownShares _known;

    public KnownSharesTests() => _known = new(_options, _time);

    [Fact]
    public void The_higher_version_wins_whoever_comes_first()
    {
        _known.Answered(Of(2));

        Assert.Equal(Of(2), _known.Answered(Of(1)));
        Assert.Equal(Of(3), _known.Followed(Of(3)));
        Assert.Equal(Of(3), _known.Followed(Of(2)));
        Assert.Equal(Of(3), _known.Find(Key));
    }

    [Fact]
    public void What_the_account_has_answered_is_good_for_its_lifetime()
    {
        _known.Answered(Of(1));
        _time.Advance(_options.LayoutLifetime - TimeSpan.FromTicks(1));
        Assert.Equal(Of(1), _known.Find(Key));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_known.Find(Key));
    }

    [Fact]
    public void What_the_feed_tells_makes_it_newer_but_not_good_for_longer()
    {
        _known.Followed(Of(1));
        Assert.Null(_known.Find(Key));

        _known.Answered(Of(2));
        _time.Advance(_options.LayoutLifetime / 2);
        _known.Followed(Of(3));
        Assert.Equal(Of(3), _known.Find(Key));
        _time.Advance(_options.LayoutLifetime / 2);
        Assert.Null(_known.Find(Key));
    }

    private static Share Of(long version) => new(Key, version, 0, version);
}
