using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Ingest.EventHubs;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

public sealed class ConsumerHealthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private readonly ConsumerHealth _health;

    public ConsumerHealthTests() => _health = new(Patience, _time);

    [Fact]
    public void One_that_was_not_started_does_not_stand_still()
    {
        _time.Advance(Patience);

        Assert.Null(_health.Fault);
    }

    [Fact]
    public void One_that_never_comes_to_balance_stands_still_and_says_why()
    {
        _health.Started();
        _health.Failed(new IOException("planned"));
        Assert.Null(_health.Fault);
        _time.Advance(Patience);

        // It is started again and again.
        _health.Started();

        Assert.Equal("For 30 s or longer ownership of partitions is not balanced: planned",
            _health.Fault?.Message);
    }

    [Fact]
    public void A_partition_that_completes_nothing_stands_still_however_often_it_is_taken()
    {
        _health.Started();
        for (var i = 0; i < 3; i++)
        {
            _health.Taken("1");
            _health.Listed(new HashSet<string> { "1" });
            Assert.Null(_health.Fault);
            _time.Advance(Patience / 3);
        }
        _health.Listed(new HashSet<string> { "1" });

        Assert.Equal("For 30 s or longer partition 1 is not handled.", _health.Fault?.Message);
    }

    [Fact]
    public void A_partition_that_completes_a_batch_goes_on()
    {
        _health.Started();
        _health.Taken("1");
        _time.Advance(Patience);
        _health.Listed(new HashSet<string> { "1" });
        _health.Worked("1");

        Assert.Null(_health.Fault);
    }

    [Fact]
    public void A_partition_without_events_may_take_as_long_as_three_tries() => Assert.Equal(
        TimeSpan.FromMinutes(15),
        HubConsumer.PatienceOf(new() { TryTimeout = TimeSpan.FromMinutes(5) }));

    [Fact]
    public void A_partition_that_another_owns_is_its_matter()
    {
        _health.Started();
        _health.Taken("1");
        _time.Advance(Patience);
        _health.Listed(new HashSet<string>());

        Assert.Null(_health.Fault);
    }
}
