using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Threading.Channels;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Logging.Abstractions;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>Consumers that share a hub's partitions.</summary>
public sealed class HubConsumerTests : IAsyncDisposable
{
    private readonly HubRun _run = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_consumer_that_goes_on_handles_what_is_new_and_no_more()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        var first = new Work();
        await using (await StartAsync(options, first)) await first.WaitForAsync("ann-9");
        await log.AppendAsync(LogSamples.Views("ann", 5, 10), Ct);
        var second = new Work();
        await using (await StartAsync(options, second)) await second.WaitForAsync("ann-14");

        Assert.Equal(LogSamples.Views("ann", 10).Ids(), first.Handled);
        Assert.Equal(LogSamples.Views("ann", 5, 10).Ids(), second.Handled);
    }

    [Fact(Timeout = 30_000)]
    public async Task Two_consumers_share_the_partitions_and_each_event_is_one_ones_work()
    {
        var options = _run.AddHub(4);
        await using var log = await _run.OpenAsync(options);
        var (one, other) = (new Work(), new Work());
        await using var first = await StartAsync(options, one);
        await using var second = await StartAsync(options, other);
        for (var i = 0; one.Partitions.IsEmpty || other.Partitions.IsEmpty; i++)
        {
            await log.AppendAsync(
                [.. Enumerable.Range(0, 8).Select(v => LogSamples.View($"v{v}", i))], Ct);
            await Task.WhenAny(one.NextAsync(), other.NextAsync());
        }

        Assert.NotEmpty(one.Partitions.Keys);
        Assert.NotEmpty(other.Partitions.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_handlers_own_state_has_is_left_out_whatever_the_checkpoint_says()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        // Durable in the state, but its checkpoint was lost when the partition changed hands.
        var work = new Work { Next = 7 };
        await using (await StartAsync(options, work)) await work.WaitForAsync("ann-9");

        Assert.Equal(LogSamples.Views("ann", 3, 7).Ids(), work.Handled);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_that_was_sent_twice_is_handled_once()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 3), Ct);
        await log.AppendAsync(LogSamples.Views("ann", 4), Ct);
        var work = new Work();
        await using (await StartAsync(options, work)) await work.WaitForAsync("ann-3");

        Assert.Equal(LogSamples.Views("ann", 4).Ids(), work.Handled);
    }

    [Fact(Timeout = 30_000)]
    public async Task Poison_is_set_aside_and_the_partition_goes_on()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 3), Ct);
        await using (var producer = new EventHubProducerClient(options.ConnectionString))
        {
            await producer.SendAsync([new EventData(Encoding.UTF8.GetBytes("garbage"))],
                new SendEventOptions { PartitionId = "0" }, Ct);
        }
        await log.AppendAsync(LogSamples.Views("ann", 3, 3), Ct);
        var work = new Work { Poison = "ann-4" };
        await using (await StartAsync(options, work)) await work.WaitForAsync("ann-5");

        Assert.Equal(["ann-0", "ann-1", "ann-2", "ann-3", "ann-5"], work.Handled);
        Assert.Equal(["ann-4", "sequence-number-3"], work.Aside.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_replay_handles_again_from_a_sequence_number_on()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        var work = new Work();
        await using (await StartAsync(options, work)) await work.WaitForAsync("ann-9");
        var replayed = new Work();
        await using (await StartAsync(options, replayed, ReplayStart.At(4)))
            await replayed.WaitForAsync("ann-9");

        Assert.Equal(LogSamples.Views("ann", 6, 4).Ids(), replayed.Handled);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_replay_that_was_begun_goes_on_and_leaves_the_groups_own_place()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        var begun = new Work();
        await using (await StartAsync(options, begun, ReplayStart.At(4)))
            await begun.WaitForAsync("ann-9");
        await log.AppendAsync(LogSamples.Views("ann", 2, 10), Ct);
        var further = new Work();
        await using (await StartAsync(options, further, ReplayStart.At(4)))
            await further.WaitForAsync("ann-11");

        Assert.Equal(LogSamples.Views("ann", 2, 10).Ids(), further.Handled);
        Assert.Equal([new("$default@at-4", 0, 11)],
            await _run.Checkpoints.ListCheckpointsAsync("127.0.0.1", _run.Hub.Name, Ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_replay_may_begin_at_a_time()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 3), Ct);
        var work = new Work();
        await using (await StartAsync(
            options, work, ReplayStart.From(_run.Hub.MadeAt.AddMinutes(-1))))
            await work.WaitForAsync("ann-2");

        Assert.Equal(LogSamples.Views("ann", 3).Ids(), work.Handled);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_fault_of_the_world_is_tried_again()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 5), Ct);
        var work = new Work { FaultsLeft = 2 };
        await using (await StartAsync(options, work)) await work.WaitForAsync("ann-4");

        Assert.Equal(LogSamples.Views("ann", 5).Ids(), work.Handled);
        Assert.Empty(work.Aside);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_checkpoint_stays_where_the_work_failed()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 5), Ct);
        var work = new Work();
        await using (await StartAsync(options, work)) await work.WaitForAsync("ann-4");
        await log.AppendAsync(LogSamples.Views("ann", 5, 5), Ct);
        var failing = new Work { FaultsLeft = int.MaxValue };
        await using (await StartAsync(options, failing)) await failing.Failed;

        Assert.Equal(
            [new("$default", 0, 4)],
            await _run.Checkpoints.ListCheckpointsAsync("127.0.0.1", _run.Hub.Name, Ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_checkpoint_that_was_not_due_is_written_at_the_end()
    {
        var options = _run.AddHub(1);
        options.CheckpointInterval = TimeSpan.FromMinutes(10);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 5), Ct);
        var work = new Work();
        await using (await StartAsync(options, work))
        {
            await work.WaitForAsync("ann-4");
            Assert.Empty(
                await _run.Checkpoints.ListCheckpointsAsync("127.0.0.1", _run.Hub.Name, Ct));
        }

        Assert.Equal(
            [new("$default", 0, 4)],
            await _run.Checkpoints.ListCheckpointsAsync("127.0.0.1", _run.Hub.Name, Ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_checkpoint_that_was_not_due_is_written_also_where_no_event_follows()
    {
        var options = _run.AddHub(1);
        options.CheckpointInterval = options.TryTimeout = TimeSpan.FromMilliseconds(600);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 5), Ct);
        var work = new Work();
        await using var running = await StartAsync(options, work);
        await work.WaitForAsync("ann-4");

        IReadOnlyList<HubCheckpoint> noted;
        do noted = await _run.Checkpoints.ListCheckpointsAsync("127.0.0.1", _run.Hub.Name, Ct);
        while (noted.Count == 0);

        Assert.Equal([new("$default", 0, 4)], noted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_is_stuck_says_how_far_it_is_behind_also_when_it_tries_anew()
    {
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        var work = new Work { FaultsLeft = int.MaxValue };
        await using var running = await StartAsync(options, work);

        // Four tries of a batch, then the partition is taken anew.
        while (work.FaultsLeft > int.MaxValue - 5) await Task.Yield();

        Assert.Equal(10, running.Consumer.Lag);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_that_falls_silent_is_replaced_and_what_it_did_is_not_done_again()
    {
        var options = _run.AddHub(2);
        options.OwnershipTime = TimeSpan.FromMilliseconds(300);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(Shoppers(0), Ct);
        var first = new Work();
        var silent = await StartAsync(options, first);
        await first.WaitForCountAsync(20);
        await silent.DisposeAsync();
        await log.AppendAsync(Shoppers(1), Ct);
        var second = new Work();
        await using (await StartAsync(options, second)) await second.WaitForCountAsync(20);

        Assert.Empty(first.Handled.Intersect(second.Handled));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_lag_is_measured()
    {
        var lags = new ConcurrentQueue<long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "streamcommerce.eventhubs.lag")
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, lag, _, _) => lags.Enqueue(lag));
        listener.Start();
        await using var log = await _run.OpenAsync(_run.AddHub(1));
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);

        await log.ReadAsync(0, 0, 4, Ct).TakeUntilAsync(10);

        Assert.Contains(6, lags);
        Assert.Contains(2, lags);
        Assert.Contains(0, lags);
    }

    private static CommerceEvent[] Shoppers(int number) =>
        [.. Enumerable.Range(0, 20).Select(i => LogSamples.View($"v{i}", number))];

    private async Task<Running> StartAsync(
        EventHubsOptions options, Work work, ReplayStart? replay = null)
    {
        var consumer = HubConsumer.Make(options, new ConsumerParts(
            "$Default", work.Handler, _run.Places, TimeProvider.System,
            NullLogger<HubConsumer>.Instance, Replay: replay));
        await consumer.StartProcessingAsync(Ct);
        return new(consumer);
    }

    private readonly record struct Running(HubConsumer Consumer) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Consumer.StopProcessingAsync();
    }

    /// <summary>What a handler was given.</summary>
    private sealed class Work
    {
        private readonly Channel<bool> _more = Channel.CreateBounded<bool>(1_000);
        private readonly TaskCompletionSource _failed =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Handled { get; } = new();

        public ConcurrentQueue<string> Aside { get; } = new();

        public ConcurrentDictionary<int, bool> Partitions { get; } = new();

        public long? Next { get; init; }

        public string? Poison { get; init; }

        public int FaultsLeft { get; set; }

        public HubHandler Handler => new()
        {
            Handle = (partition, events, _) =>
            {
                if (FaultsLeft > 0)
                {
                    FaultsLeft--;
                    _failed.TrySetResult();
                    throw new IOException("planned");
                }
                var ids = events.ToArray().Ids();
                if (ids.Contains(Poison)) throw new FormatException("planned");
                Partitions[partition] = true;
                foreach (var id in ids) Handled.Enqueue(id);
                _more.Writer.TryWrite(true);
                return Task.CompletedTask;
            },
            SetAside = (_, logged, _, _) =>
            {
                Aside.Enqueue(logged.Event.Id.Value);
                return Task.CompletedTask;
            },
            FindNext = (_, _) => Task.FromResult(Next),
        };

        /// <summary>Completes at the first planned fault.</summary>
        public Task Failed => _failed.Task;

        public Task<bool> NextAsync() => _more.Reader.ReadAsync(Ct).AsTask();

        public async Task WaitForCountAsync(int count)
        {
            while (Handled.Count < count) await _more.Reader.ReadAsync(Ct);
        }

        public async Task WaitForAsync(string id)
        {
            while (!Handled.Contains(id)) await _more.Reader.ReadAsync(Ct);
        }
    }
}
