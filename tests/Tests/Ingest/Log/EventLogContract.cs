using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

/// <summary>What every adapter of <see cref="IEventLog"/> promises, point by point.</summary>
public abstract class EventLogContract
{
    private protected FakeTimeProvider Time { get; } = new(LogSamples.Noon);

    /// <summary>A new log; keeps events for an hour where retention is asked for.</summary>
    protected abstract IEventLog Make(int partitionCount, bool retention = false);

    protected abstract void ApplyRetention(IEventLog log);

    [Fact(Timeout = 30_000)]
    public async Task What_was_appended_is_read_back_whole_and_in_order()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        var views = LogSamples.Views("ann", 250);
        await log.AppendAsync(views, ct);

        var read = await log.ReadToEndAsync(0);

        Assert.Equal(views.Select(LogSamples.Encode), read.Select(e => LogSamples.Encode(e.Event)));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_is_in_the_partition_of_its_visitor()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(4);
        await log.AppendAsync(
            [.. Enumerable.Range(0, 200).Select(i => LogSamples.View($"v{i}", i))], ct);

        for (var partition = 0; partition < 4; partition++)
        {
            var read = await log.ReadToEndAsync(partition);
            Assert.NotEmpty(read);
            Assert.All(read, e => Assert.Equal(partition, log.PartitionOf(e.Event.Visitor)));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Offsets_grow_by_one_from_zero()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        for (var i = 0; i < 5; i++) await log.AppendAsync(LogSamples.Views("ann", 30), ct);

        var read = await log.ReadToEndAsync(0);

        Assert.Equal(Enumerable.Range(0, 150).Select(i => (long)i), read.Select(e => e.Offset));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_batch_comes_after_every_batch_that_was_acknowledged_before_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await log.AppendAsync(LogSamples.Views("ann", 3), ct);
        await log.AppendAsync(LogSamples.Views("bob", 3), ct);

        var read = await log.ReadToEndAsync(0);

        Assert.Equal(["ann-0", "ann-1", "ann-2", "bob-0", "bob-1", "bob-2"], read.Ids());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_many_shoppers_click_at_once_each_ones_clicks_stay_in_order(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(3);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(shopper => Task.Run(async () =>
        {
            var random = new Random(seed * 100 + shopper);
            for (var next = 0; next < 300;)
            {
                var count = Math.Min(random.Next(1, 25), 300 - next);
                await log.AppendAsync(LogSamples.Views($"v{shopper}", count, next), ct);
                next += count;
            }
        })));

        var read = await log.ReadAllToEndAsync();

        Assert.Equal(12 * 300, read.Count);
        foreach (var clicks in read.GroupBy(e => e.Event.Visitor))
        {
            Assert.Equal(
                LogSamples.Views(clicks.Key.Value, 300).Ids(), clicks.Ids());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_batch_over_many_partitions_is_whole_when_it_is_acknowledged()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(4);
        await log.AppendAsync(
            [.. Enumerable.Range(0, 500).Select(i => LogSamples.View($"v{i}", i))], ct);

        Assert.Equal(500, Enumerable.Range(0, 4).Sum(i => log.GetStatus(i).NextOffset));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_at_the_end_waits_and_sees_what_comes()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await using var reader = log.ReadAsync(0, 0, 10, ct).GetAsyncEnumerator();
        for (var i = 0; i < 20; i++)
        {
            var waiting = reader.MoveNextAsync();
            Assert.False(waiting.IsCompleted);
            await log.AppendAsync([LogSamples.View("ann", i)], ct);
            Assert.True(await waiting);
            Assert.Equal([$"ann-{i}"], reader.Current.ToArray().Ids());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Readers_beside_writers_miss_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        var readers = Enumerable.Range(0, 3)
            .Select(_ => Task.Run(() => log.ReadAsync(0, 0, 7, ct).TakeUntilAsync(2_000)))
            .ToArray();
        for (var i = 0; i < 2_000; i += 20)
            await log.AppendAsync(LogSamples.Views("ann", 20, i), ct);

        foreach (var read in await Task.WhenAll(readers))
            Assert.Equal(LogSamples.Views("ann", 2_000).Ids(), read.Ids());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_batch_is_never_empty_and_never_longer_than_asked()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await log.AppendAsync(LogSamples.Views("ann", 100), ct);
        var lengths = new List<int>();
        await foreach (var batch in log.ReadAsync(0, 0, 30, ct))
        {
            lengths.Add(batch.Length);
            if (lengths.Sum() == 100) break;
        }

        Assert.Equal([30, 30, 30, 10], lengths);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(57)]
    [InlineData(99)]
    public async Task A_read_begins_where_it_was_asked_to(int from)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await log.AppendAsync(LogSamples.Views("ann", 100), ct);

        var read = await log.ReadAsync(0, from, 1_000, ct).TakeUntilAsync(100);

        Assert.Equal(LogSamples.Views("ann", 100 - from, from).Ids(), read.Ids());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_offset_that_the_log_has_not_reached_is_refused()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await log.AppendAsync(LogSamples.Views("ann", 3), ct);

        Assert.Throws<ArgumentOutOfRangeException>(() => log.ReadAsync(0, 4, 10, ct));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ReadAsync(0, -1, 10, ct));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ReadAsync(1, 0, 10, ct));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ReadAsync(0, 0, 0, ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_same_event_sent_twice_is_kept_twice()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await log.AppendAsync([LogSamples.View("ann", 1)], ct);
        await log.AppendAsync([LogSamples.View("ann", 1)], ct);

        Assert.Equal(["ann-1", "ann-1"], (await log.ReadToEndAsync(0)).Ids());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_log_notes_when_it_took_an_event_and_never_goes_back_in_time()
    {
        var ct = TestContext.Current.CancellationToken;
        var clock = new SettableClock { Now = LogSamples.Noon };
        await using var log = Make(1, clock);
        await log.AppendAsync([LogSamples.View("ann", 0)], ct);
        clock.Now = LogSamples.Noon.AddMinutes(5);
        await log.AppendAsync([LogSamples.View("ann", 1)], ct);
        clock.Now = LogSamples.Noon.AddMinutes(-5);
        await log.AppendAsync([LogSamples.View("ann", 2)], ct);

        var minutes = (await log.ReadToEndAsync(0))
            .Select(e => (e.LoggedAt - LogSamples.Noon).TotalMinutes);

        Assert.Equal([0, 5, 5], minutes);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_read_ends_when_its_reader_gives_up()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        using var cancel = new CancellationTokenSource();
        await using var reader = log.ReadAsync(0, 0, 10, cancel.Token).GetAsyncEnumerator();
        var waiting = reader.MoveNextAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact(Timeout = 30_000)]
    public async Task Closing_ends_the_reads_and_refuses_appends()
    {
        var ct = TestContext.Current.CancellationToken;
        var log = Make(1);
        await using var reader = log.ReadAsync(0, 0, 10, ct).GetAsyncEnumerator();
        var waiting = reader.MoveNextAsync();
        await log.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await waiting);
        await Assert.ThrowsAsync<LogAppendException>(
            async () => await log.AppendAsync([LogSamples.View("ann", 0)], ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_batch_may_be_empty_but_not_too_long()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);
        await log.AppendAsync([], ct);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.AppendAsync(
            LogSamples.Views("ann", EventRules.BatchCountLimit + 1), ct));

        Assert.Equal(0, log.GetStatus(0).NextOffset);
    }

    [Fact(Timeout = 30_000)]
    public async Task Old_events_are_removed_and_asking_for_them_says_so()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1, retention: true);
        await FillAndExpireAsync(log);

        var status = log.GetStatus(0);
        Assert.InRange(status.FirstOffset, 1, 600);
        Assert.Equal(1_200, status.NextOffset);
        var expired = await Assert.ThrowsAsync<OffsetExpiredException>(
            () => log.ReadAsync(0, status.FirstOffset - 1, 10, ct).TakeUntilAsync(1_200));
        Assert.Equal(status.FirstOffset, expired.FirstOffset);
        Assert.Equal(1_200 - status.FirstOffset, (await log.ReadToEndAsync(0)).Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_whose_events_are_removed_under_it_is_told()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1, retention: true);
        await log.AppendAsync(LogSamples.Views("ann", 1), ct);
        await using var reader = log.ReadAsync(0, 0, 1, ct).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        await FillAndExpireAsync(log);

        await Assert.ThrowsAsync<OffsetExpiredException>(
            async () => await reader.MoveNextAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_consumer_finds_its_last_note()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(2);
        await log.CommitCheckpointAsync("sessions", 0, 5, ct);
        await log.CommitCheckpointAsync("sessions", 1, 7, ct);
        await log.CommitCheckpointAsync("funnels.v2", 0, 9, ct);
        await log.CommitCheckpointAsync("sessions", 0, 3, ct);

        Assert.Equal(
            [new("funnels.v2", 0, 9), new("sessions", 0, 3), new("sessions", 1, 7)],
            await log.GetCheckpointsAsync(ct));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("../log")]
    [InlineData("with space")]
    public async Task A_consumer_needs_a_proper_name(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await log.CommitCheckpointAsync(name, 0, 1, ct));
    }

    protected abstract IEventLog Make(int partitionCount, TimeProvider time);

    private async Task FillAndExpireAsync(IEventLog log)
    {
        var from = (int)log.GetStatus(0).NextOffset;
        await AppendSinglyAsync(log, from, 600 - from);
        Time.Advance(TimeSpan.FromHours(2));
        await AppendSinglyAsync(log, 600, 600);
        ApplyRetention(log);
    }

    // In small batches, so that an adapter with segments has something to cut between.
    private static async Task AppendSinglyAsync(IEventLog log, int from, int count)
    {
        for (var i = from; i < from + count; i += 20)
        {
            await log.AppendAsync(
                LogSamples.Views("ann", Math.Min(20, from + count - i), i), default);
        }
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
