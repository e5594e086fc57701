using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Storage.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

public sealed class HybridClockTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Property(MaxTest = 200)]
    public void Numbers_grow_however_little_time_passes_between_them(byte node, byte[] waits)
    {
        var clock = new HybridClock(_time, node);
        var last = clock.Next();
        foreach (var wait in waits)
        {
            _time.Advance(TimeSpan.FromMilliseconds(wait % 3));
            var next = clock.Next();
            Assert.True(next > last);
            last = next;
        }
    }

    [Property(MaxTest = 200)]
    public void A_number_is_not_below_that_of_its_moment_and_below_that_of_the_next(byte node)
    {
        var number = new HybridClock(_time, node).Next();

        Assert.InRange(number, HybridClock.At(_time.GetUtcNow()),
            HybridClock.At(_time.GetUtcNow() + TimeSpan.FromMilliseconds(1)) - 1);
    }

    [Property(MaxTest = 200)]
    public void The_lowest_bits_are_the_nodes(byte node) =>
        Assert.Equal(node, new HybridClock(_time, node).Next() & HybridClock.NodeMaximum);

    [Property(MaxTest = 500)]
    public void A_number_is_read_as_it_was_written_and_texts_sort_as_numbers_do(
        NonNegativeInt one, NonNegativeInt other, byte shift)
    {
        var (a, b) = ((long)one.Get << (shift % 32), (long)other.Get);

        Assert.Equal(a, HybridClock.Parse(HybridClock.Format(a)));
        Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(string.CompareOrdinal(
            HybridClock.Format(a), HybridClock.Format(b))));
    }

    [Fact]
    public void No_number_is_given_twice_to_many_threads_of_two_nodes()
    {
        var clocks = new[] { new HybridClock(_time, 0), new HybridClock(_time, 1) };
        var given = new ConcurrentBag<long>();

        Parallel.For(0, 20_000, i => given.Add(clocks[i % 2].Next()));

        Assert.Equal(20_000, given.Distinct().Count());
    }

    [Fact]
    public void More_numbers_than_a_millisecond_holds_stay_in_order_with_those_of_the_next()
    {
        var clock = new HybridClock(_time, 0);
        var last = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            var next = clock.Next();
            Assert.True(next > last);
            last = next;
        }
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(clock.Next() > last);
    }

    [Fact]
    public void A_clock_that_is_set_back_gives_no_number_again()
    {
        var clock = new HybridClock(_time, 0);
        var later = new FakeTimeProvider(_time.GetUtcNow().AddHours(1));
        var ahead = new HybridClock(later, 0).Next();
        _time.Advance(TimeSpan.FromHours(1));
        var last = clock.Next();
        _time.AdjustTime(_time.GetUtcNow().AddHours(-1));

        Assert.Equal(ahead, last);
        Assert.True(clock.Next() > last);
    }
}
