using System.Collections.Concurrent;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class OutboxRelayTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Memory();
    private readonly FlakyLog _log = new();
    private readonly CancellationTokenSource _stop = new();

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _stop.Dispose();
        await _shop.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_sold_reaches_the_log_and_leaves_the_outbox()
    {
        await _shop.StockAsync("tea", 5);
        var relay = Start(out var running);
        var first = await _shop.BuyAsync(ShopFixture.Request("k1", ("tea", 1)));
        await _log.WaitForAsync(1, TestContext.Current.CancellationToken);
        var second = await _shop.BuyAsync(ShopFixture.Request("k2", ("tea", 1)));
        await _log.WaitForAsync(2, TestContext.Current.CancellationToken);
        await StopAsync(running);

        Assert.Equal(
            [first.Value!.Order.Id, second.Value!.Order.Id], _log.Appended.Select(e => e.Order));
        Assert.Equal(2, relay.RelayedCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_is_down_is_asked_again_later_and_nothing_is_lost()
    {
        await _shop.StockAsync("tea", 5);
        _log.FailuresLeft = 3;
        await _shop.BuyAsync(ShopFixture.Request("k1", ("tea", 1)));
        Start(out var running);
        while (_log.Appended.IsEmpty)
        {
            _shop.Time.Advance(OutboxRelay.RetryMaximum);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        await StopAsync(running);

        Assert.Equal(0, _log.FailuresLeft);
        Assert.Single(_log.Appended);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_crash_tells_again_has_the_same_id()
    {
        await _shop.StockAsync("tea", 5);
        await _shop.BuyAsync(ShopFixture.Request("k1", ("tea", 1)));
        // Crash after the append and before the removal.
        var entries = await _shop.Stores.Outbox.ReadAsync(10, _shop.Ct);
        await _log.AppendAsync([.. entries.Select(e => e.Event)], _shop.Ct);
        Start(out var running);
        await _log.WaitForAsync(2, TestContext.Current.CancellationToken);
        await StopAsync(running);

        Assert.Single(_log.Appended.Select(e => e.Id).Distinct());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_events_of_a_busy_shop_gather_and_go_to_the_log_together()
    {
        await _shop.StockAsync("tea", 100);
        for (var sale = 0; sale < 40; sale++) await BuyAsync(sale);
        Start(out var running);
        await _log.WaitForAsync(40, TestContext.Current.CancellationToken);
        // The shop's clock stands: the relay cannot be past its pause.
        await BuyAsync(40);
        await BuyAsync(41);
        while (_log.Appended.Count < 42)
        {
            _shop.Time.Advance(OutboxRelay.BusyPause);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        await StopAsync(running);

        Assert.Equal([40, 2], _log.Batches);
    }

    private async Task BuyAsync(int sale) =>
        await _shop.BuyAsync(ShopFixture.Request($"k{sale}", ("tea", 1)));

    private OutboxRelay Start(out Task running)
    {
        var relay = new OutboxRelay(_shop.Stores.Outbox, _log, _shop.Time);
        running = relay.RunAsync(_stop.Token);
        return relay;
    }

    private async Task StopAsync(Task running)
    {
        while ((await _shop.Stores.Outbox.ReadAsync(1, _shop.Ct)).Count > 0) await Task.Yield();
        await _stop.CancelAsync();
        await running;
    }

    /// <summary>A log that takes appends only, and refuses some.</summary>
    private sealed class FlakyLog : IEventLog
    {
        private readonly SemaphoreSlim _more = new(0);

        public ConcurrentQueue<CommerceEvent> Appended { get; } = [];

        public ConcurrentQueue<int> Batches { get; } = [];

        public int FailuresLeft { get; set; }

        public int PartitionCount => 1;

        public async Task WaitForAsync(int count, CancellationToken ct)
        {
            while (Appended.Count < count) await _more.WaitAsync(ct);
        }

        public ValueTask AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct)
        {
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new LogAppendException("planned");
            }
            Batches.Enqueue(events.Count);
            foreach (var e in events) Appended.Enqueue(e);
            _more.Release();
            return default;
        }

        public IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
            int partition, long fromOffset, int batchLimit, CancellationToken ct) =>
            throw new NotSupportedException();

        public PartitionStatus GetStatus(int partition) => throw new NotSupportedException();

        public ValueTask CommitCheckpointAsync(
            string consumer, int partition, long nextOffset, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<ConsumerCheckpoint>> GetCheckpointsAsync(
            CancellationToken ct) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            _more.Dispose();
            return default;
        }
    }
}
