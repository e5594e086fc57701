using System.Diagnostics.Metrics;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// What the account was asked and what that cost, by container, operation and status. On the
/// engine's meter, in the names of OpenTelemetry's conventions for Cosmos DB.
/// </summary>
internal static class CosmosInstruments
{
    private static readonly Meter Meter = new(EngineInstruments.MeterName);

    private static readonly Histogram<double> Charge = Meter.CreateHistogram<double>(
        "azure.cosmosdb.client.operation.request_charge", "{request_unit}",
        "Request units of a request.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "db.client.operation.duration", "s", "Time of a round trip to the account.");

    private static readonly Counter<long> LeftOver = Meter.CreateCounter<long>(
        "streamcommerce.cosmos.left", "{document}",
        "Documents that housekeeping could not finish; each attempt counts.");

    private static readonly Histogram<double> FeedLag = Meter.CreateHistogram<double>(
        "streamcommerce.engine.feed.lag", "s",
        "Age of the oldest change of a page when it was told; the account keeps whole seconds.");

    private static readonly Gauge<long> FeedBehind = Meter.CreateGauge<long>(
        "streamcommerce.engine.feed.behind", "{change}",
        "Changes of a container that are not told yet, as the account estimates them.");

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "streamcommerce.engine.feed.dead_letters", "{document}",
        "Documents of the change feed that could not be read; each attempt counts.");

    public static void Left() => LeftOver.Add(1);

    public static void Requested(
        string container, string operation, Reply reply, TimeSpan elapsed)
    {
        if (!Charge.Enabled && !Duration.Enabled) return;
        var tags = new System.Diagnostics.TagList
        {
            { "db.collection.name", container },
            { "db.operation.name", operation },
            { "db.response.status_code", (int)reply.Status },
        };
        Charge.Record(reply.Charge, tags);
        Duration.Record(elapsed.TotalSeconds, tags);
    }

    public static void Followed(string container, TimeSpan lag) =>
        FeedLag.Record(lag.TotalSeconds, CollectionOf(container));

    public static void IsBehind(string container, long changes) =>
        FeedBehind.Record(changes, CollectionOf(container));

    public static void PutAside(string container) => DeadLetters.Add(1, CollectionOf(container));

    private static KeyValuePair<string, object?> CollectionOf(string container) =>
        new("db.collection.name", container);
}
