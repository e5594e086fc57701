using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Profiles;

public sealed class StoredHistoriesTests : IDisposable
{
    private static readonly VisitorId Ann = new("ann");
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedProfiles _store = new();
    private readonly StoredHistories _histories;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _ends = new();
    // The counter is the process's: what other tests ask for is left out.
    private readonly AsyncLocal<bool> _isOwn = new();

    public StoredHistoriesTests()
    {
        _histories = new(_store, Patience, _time);
        _listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "streamcommerce.engine.stored_profiles")
                own.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (_isOwn.Value) _ends.Enqueue((string)tags[0].Value!);
        });
        _listener.Start();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task What_the_store_has_is_told_and_counted()
    {
        _store.Answer = _ => Task.FromResult<IReadOnlyList<ProductInteraction>>(
            [new(1, new("S1"), EventName.ViewItem, 0)]);

        Assert.Equal("S1", Assert.Single(await FindAsync(Ct)).Product.Value);
        Assert.Equal(["found"], _ends);
    }

    [Fact]
    public async Task A_store_that_takes_too_long_has_nothing_to_tell()
    {
        _store.Answer = async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return [];
        };
        var asking = FindAsync(Ct);
        Assert.False(asking.IsCompleted);
        _time.Advance(Patience);

        Assert.Empty(await asking);
        Assert.Equal(["late"], _ends);
    }

    [Fact]
    public async Task A_store_that_fails_has_nothing_to_tell()
    {
        _store.Answer = _ => throw new StoreUnavailableException("planned");

        Assert.Empty(await FindAsync(Ct));
        Assert.Equal(["failed"], _ends);
    }

    [Fact]
    public async Task So_many_are_asked_for_at_once_and_no_more()
    {
        var answer = new TaskCompletionSource<IReadOnlyList<ProductInteraction>>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Answer = _ => answer.Task;
        var asking = Enumerable.Range(0, StoredHistories.AskedLimit)
            .Select(_ => FindAsync(Ct)).ToArray();

        Assert.Empty(await FindAsync(Ct));

        Assert.Equal(["busy"], _ends);
        answer.SetResult([]);
        await Task.WhenAll(asking);
        Assert.Equal(StoredHistories.AskedLimit, _store.Asked);
    }

    [Fact]
    public async Task Who_does_not_wait_any_more_is_not_answered()
    {
        _store.Answer = async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return [];
        };
        using var gone = new CancellationTokenSource();
        var asking = FindAsync(gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private async Task<IReadOnlyList<ProductInteraction>> FindAsync(CancellationToken ct)
    {
        _isOwn.Value = true;
        return await _histories.FindAsync(Ann, ct);
    }
}

/// <summary>A store that answers as a test says.</summary>
internal sealed class ScriptedProfiles : IProfileStore
{
    private int _asked;

    public int Asked => _asked;

    public Func<CancellationToken, Task<IReadOnlyList<ProductInteraction>>> Answer { get; set; } =
        _ => Task.FromResult<IReadOnlyList<ProductInteraction>>([]);

    public async ValueTask<IReadOnlyList<ProductInteraction>> FindAsync(
        VisitorId visitor, CancellationToken ct)
    {
        Interlocked.Increment(ref _asked);
        return await Answer(ct);
    }

    public ValueTask ApplyAsync(
        int partition, ReadOnlyMemory<LoggedEvent> events, CancellationToken ct) =>
        throw new NotSupportedException();

    public ValueTask<long> ForgetAsync(
        VisitorId visitor, int partition, long offset, CancellationToken ct) =>
        throw new NotSupportedException();
}
