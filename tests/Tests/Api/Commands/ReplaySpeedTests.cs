using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Api.Commands;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

public sealed class ReplaySpeedTests
{
    private static readonly DateTimeOffset Noon = new(2011, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void At_a_hundred_times_an_hour_of_the_dataset_takes_36_seconds()
    {
        var time = new FakeTimeProvider();
        var pace = new ReplayPace(100, time);

        Assert.Equal(TimeSpan.Zero, pace.Wait(Noon));
        Assert.Equal(TimeSpan.FromSeconds(36), pace.Wait(Noon.AddHours(1)));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(6), pace.Wait(Noon.AddHours(1)));
    }

    [Fact]
    public void An_event_that_is_earlier_than_those_before_is_due_at_once()
    {
        var pace = new ReplayPace(1, new FakeTimeProvider());
        pace.Wait(Noon);

        Assert.Equal(TimeSpan.Zero, pace.Wait(Noon.AddMinutes(-1)));
    }

    [Theory]
    [InlineData("max", null)]
    [InlineData("1x", 1.0)]
    [InlineData("100x", 100.0)]
    [InlineData("0.5x", 0.5)]
    public void A_speed_is_a_factor_or_max(string text, double? factor)
    {
        Assert.True(ReplaySpeed.TryParse(text, out var speed));
        Assert.Equal(factor, speed.Factor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0x")]
    [InlineData("-1x")]
    [InlineData("100")]
    [InlineData("1e3x")]
    [InlineData("NaNx")]
    [InlineData("MAX")]
    public void Anything_else_is_no_speed(string text) =>
        Assert.False(ReplaySpeed.TryParse(text, out _));
}
