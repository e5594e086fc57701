using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Engine.Pipeline;

namespace StreamCommerce.Tests.Engine.Recommendations;

/// <summary>A shop in memory to recommend from: a log, an engine that has handled it, a shelf.
/// </summary>
internal sealed class ServingRig : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryEventLog _log;
    private readonly Dictionary<string, long> _stockVersions = [];
    private EngineRun _run = null!;
    private int _ids;

    private ServingRig(FakeTimeProvider time, int partitions)
    {
        (Time, _log) = (time, new MemoryEventLog(partitions, time));
        Experiments = ExperimentBooks.Open(
            Path.Combine(_directory.Path, ExperimentBooks.FileName), time,
            NullLogger<ExperimentBooks>.Instance);
    }

    public FakeTimeProvider Time { get; }

    public ExperimentBooks Experiments { get; }

    public CommerceEngine Engine => _run.Engine;

    public Shelf Shelf { get; private set; } = null!;

    public Recommender Recommender { get; private set; } = null!;

    public MerchandisingPlans Merchandising { get; private set; } = null!;

    public ModelSlot<ServedModel> Models { get; } = new();

    public static async Task<ServingRig> StartAsync(
        int partitions = 2, IProfileStore? stored = null)
    {
        var rig = new ServingRig(new FakeTimeProvider(Noon), partitions);
        rig._run = await EngineRun.StartAsync(
            rig._log, EngineRun.Options(rig._directory), CancellationToken.None);
        rig.Shelf = new Shelf(rig.Engine.Items);
        rig.Merchandising = MerchandisingPlans.Open(
            Path.Combine(rig._directory.Path, MerchandisingPlans.FileName), rig.Shelf, rig.Time,
            NullLogger<MerchandisingPlans>.Instance);
        rig.Recommender = new Recommender(new RecommenderParts
        {
            Engine = rig.Engine,
            Shelf = rig.Shelf,
            Models = rig.Models,
            Trending = new TrendingProducts(rig.Engine, rig.Time),
            BoughtTogether = new BoughtTogetherProducts(rig.Engine),
            Merchandising = rig.Merchandising,
            Experiments = rig.Experiments,
            Ids = new AnswerIds(rig.Time),
            Stored = stored is null
                ? null : new(stored, TimeSpan.FromMilliseconds(50), rig.Time),
        });
        return rig;
    }

    /// <summary>Handles events; the ranking of what is trending is made anew after them.</summary>
    public async Task HandleAsync(params IEnumerable<CommerceEvent> events)
    {
        await EngineRun.AppendAsync(_log, events, CancellationToken.None);
        await Engine.CatchUpAsync(CancellationToken.None);
        Time.Advance(TimeSpan.FromMinutes(1));
    }

    public CommerceEvent View(string visitor, string sku, double minutes = 0) =>
        New(EventName.ViewItem, visitor, minutes, sku);

    public CommerceEvent Buy(string visitor, double minutes, params string[] skus) =>
        New(EventName.Purchase, visitor, minutes, skus) with { Order = new($"o{_ids}") };

    public CommerceEvent New(
        EventName name, string visitor, double minutes, params string[] skus) => new()
        {
            Id = new($"e{_ids++}"),
            Source = "/shop/0",
            Name = name,
            Time = Noon.AddMinutes(minutes),
            Visitor = new(visitor),
            Lines = [.. skus.Select(sku => new EventLine(new(sku), 1))],
        };

    /// <summary>Commits a product to the catalogue.</summary>
    public void Put(string sku, params string[] categories) => Shelf.Committed(
        [new ProductChanged(new Product
        {
            Sku = new(sku),
            Title = $"The {sku}",
            Categories = categories,
            Price = new(1, Currency.Of("EUR")),
            Version = 1,
            AddedAt = Noon.AddSeconds(_ids++),
        })]);

    /// <summary>Commits how many units of a product can be sold.</summary>
    public void Stock(string sku, long units, string? region = null)
    {
        var key = $"{sku}@{region}";
        _stockVersions[key] = _stockVersions.GetValueOrDefault(key) + 1;
        Shelf.Committed([new StockChanged(
            new(sku), region is null ? StockRegion.Home : new(region), units,
            _stockVersions[key])]);
    }

    public string[] Ask(RecommendationRequest request) =>
        [.. Recommender.Recommend(request).Products.Select(product => product.Sku.Value)];

    public string[] AskFor(string visitor, int count = 10) =>
        Ask(new() { Visitor = new(visitor), Count = count });

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        await _log.DisposeAsync();
        Experiments.Dispose();
        Merchandising.Dispose();
        Models.Dispose();
        _directory.Dispose();
    }
}
