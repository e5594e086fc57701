using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>One container's change feed processor, and how it fares. Any thread.</summary>
internal sealed class ContainerFeed
{
    // The SDK gives up a lease whose page failed, and takes it again at the next of these: so long
    // does a fault of the account hold up a partition. Its default is 13 s.
    private static readonly TimeSpan AcquireInterval = TimeSpan.FromSeconds(5);

    // No other instance waits for these leases.
    private static readonly TimeSpan Expiration = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(17);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly ChangeFeedProcessor _processor;
    private readonly ChangeFeedEstimator _estimator;
    private readonly FeedHealth _health;
    private readonly TimeProvider _time;
    private readonly string _container;

    // Pages that were told: of all time, and when it was last looked.
    private long _told;
    private long _toldBefore;

    /// <param name="followed">Whose changes.</param>
    /// <param name="leases">Where it is kept how far they are told.</param>
    /// <param name="run">The group and the instance, which is alone in it.</param>
    /// <param name="interval">How long to wait where nothing is new.</param>
    /// <param name="since">From when on.</param>
    /// <param name="teller">Told of each page; what it throws has the page told again.</param>
    /// <param name="time">The clock.</param>
    public ContainerFeed(
        Container followed, Container leases, string run, TimeSpan interval, DateTimeOffset since,
        FeedTeller teller, TimeProvider time)
    {
        (_container, _health, _time) = (followed.Id, new(followed.Id, time), time);
        _estimator = followed.GetChangeFeedEstimator(run, leases);
        // Elements, not documents: what one of a page lacks must not keep the others from being
        // told.
        _processor = followed.GetChangeFeedProcessorBuilder<JsonElement>(run,
                async (ChangeFeedProcessorContext _, IReadOnlyCollection<JsonElement> changes,
                    CancellationToken ct) =>
                {
                    await teller.TellAsync(followed.Id, changes, ct);
                    Interlocked.Increment(ref _told);
                })
            .WithInstanceName(run)
            .WithLeaseContainer(leases)
            .WithLeaseConfiguration(AcquireInterval, Expiration, RenewInterval)
            .WithPollInterval(interval)
            .WithStartTime(since.UtcDateTime)
            .WithErrorNotification((_, fault) =>
            {
                _health.Failed(fault);
                return Task.CompletedTask;
            })
            .Build();
    }

    /// <summary>See <see cref="CosmosFeed.Fault"/>.</summary>
    public Exception? Fault => _health.Fault;

    public Task StartAsync() => _processor.StartAsync();

    /// <summary>Ends it; where the account does not answer, the leases end by themselves.
    /// </summary>
    public async Task StopAsync()
    {
        try
        {
            await _processor.StopAsync().WaitAsync(StopLimit, _time);
        }
        catch (Exception fault) when (fault is CosmosException or HttpRequestException
            or OperationCanceledException or TimeoutException)
        {
        }
    }

    /// <summary>Looks whether this run holds all leases, and whether it comes on.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        string? trouble;
        try
        {
            trouble = await FindTroubleAsync(ct);
        }
        // Whatever it is: where nothing can be seen, nothing is well.
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            trouble = $"its leases cannot be read: {fault.Message}";
        }
        _health.Looked(trouble);
    }

    private async Task<string?> FindTroubleAsync(CancellationToken ct)
    {
        var (count, behind) = (0, 0L);
        using var states = _estimator.GetCurrentStateIterator();
        while (states.HasMoreResults)
        {
            foreach (var lease in await states.ReadNextAsync(ct))
            {
                if (string.IsNullOrEmpty(lease.InstanceName))
                    return $"lease {lease.LeaseToken} is held by nobody";
                count++;
                behind += lease.EstimatedLag;
            }
        }
        CosmosInstruments.IsBehind(_container, behind);
        var before = Interlocked.Exchange(ref _toldBefore, Interlocked.Read(ref _told));
        if (count == 0) return "its leases are gone; a restart makes new ones";
        // A lease keeps its owner though a page of it never ends.
        return behind > 0 && Interlocked.Read(ref _told) == before
            ? $"{behind} changes wait, and none is told" : null;
    }
}
