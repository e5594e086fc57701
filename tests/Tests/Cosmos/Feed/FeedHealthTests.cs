using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Feed;

public sealed class FeedHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FeedHealth _health;

    public FeedHealthTests() => _health = new("stock", _time);

    [Fact]
    public void One_error_is_nobodys_matter()
    {
        _health.Failed(new IOException("planned"));
        _health.Looked(null);
        _time.Advance(FeedHealth.Patience);
        _health.Looked(null);

        Assert.Null(_health.Fault);
    }

    [Fact]
    public void Errors_that_go_on_are_a_fault_that_says_why_until_they_end()
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.Null(_health.Fault);
            _health.Failed(new IOException("planned"));
            _health.Looked(null);
            _time.Advance(FeedHealth.Patience / 3);
        }

        Assert.Contains("stock", _health.Fault?.Message, StringComparison.Ordinal);
        Assert.Contains("planned", _health.Fault?.Message, StringComparison.Ordinal);
        _health.Looked(null);
        Assert.Null(_health.Fault);
    }

    [Fact]
    public void A_lease_that_nobody_holds_for_long_is_one_fault()
    {
        _health.Looked("lease 0 is held by nobody");
        _time.Advance(FeedHealth.Patience);
        _health.Looked("lease 0 is held by nobody");
        var first = _health.Fault;
        _health.Looked("lease 0 is held by nobody");

        Assert.NotNull(first);
        Assert.Same(first, _health.Fault);
    }
}
