using System.Diagnostics.Metrics;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>The hub's metrics. Meter <c>StreamCommerce.EventHubs</c>.</summary>
public static class HubInstruments
{
    /// <summary>The meter's name, for exporters.</summary>
    public const string MeterName = "StreamCommerce.EventHubs";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> SentEvents = Meter.CreateCounter<long>(
        "streamcommerce.eventhubs.sent", "{event}", "Events that the hub has acknowledged.");

    private static readonly Counter<long> SpilledEvents = Meter.CreateCounter<long>(
        "streamcommerce.eventhubs.spilled", "{event}",
        "Events that were kept here since the hub could not be reached.");

    private static readonly Counter<long> DrainedEvents = Meter.CreateCounter<long>(
        "streamcommerce.eventhubs.drained", "{event}", "Spilled events that reached the hub.");

    private static readonly Counter<long> UnreadableEvents = Meter.CreateCounter<long>(
        "streamcommerce.eventhubs.unreadable", "{event}", "Messages that are no events.");

    private static readonly Counter<long> RepeatedEvents = Meter.CreateCounter<long>(
        "streamcommerce.eventhubs.repeated", "{event}",
        "Events that a consumer had handled before, by sequence number or id.");

    private static readonly Gauge<long> LagOfReaders = Meter.CreateGauge<long>(
        "streamcommerce.eventhubs.lag", "{event}",
        "Events of a partition that a reader has not been given yet, when it last was given one.");

    private static readonly Gauge<long> SpillEvents = Meter.CreateGauge<long>(
        "streamcommerce.eventhubs.spill.events", "{event}", "Events that wait here for the hub.");

    private static readonly Gauge<long> SpillBytes = Meter.CreateGauge<long>(
        "streamcommerce.eventhubs.spill.bytes", "By", "Bytes of the disk that the spill takes.");

    private static readonly Gauge<double> SpillAge = Meter.CreateGauge<double>(
        "streamcommerce.eventhubs.spill.age", "s",
        "How long the oldest event has waited here, at the last try to send it.");

    internal static void Sent(int partition, int count) => SentEvents.Add(count, Of(partition));

    internal static void Spilled(int partition, int count) =>
        SpilledEvents.Add(count, Of(partition));

    internal static void Drained(int partition, int count) =>
        DrainedEvents.Add(count, Of(partition));

    internal static void Unreadable(int partition) => UnreadableEvents.Add(1, Of(partition));

    internal static void Repeated(int partition) => RepeatedEvents.Add(1, Of(partition));

    internal static void Lags(int partition, string group, long events) => LagOfReaders.Record(
        Math.Max(0, events), Of(partition), new KeyValuePair<string, object?>("group", group));

    /// <param name="partition">Whose spill.</param>
    /// <param name="spill">What waits; null: nothing any more.</param>
    /// <param name="now">By the clock of the spill.</param>
    internal static void Spills(int partition, SpillStatus? spill, DateTimeOffset now)
    {
        SpillEvents.Record(spill?.Events ?? 0, Of(partition));
        SpillBytes.Record(spill?.Bytes ?? 0, Of(partition));
        SpillAge.Record(
            spill is { } waiting ? (now - waiting.Since).TotalSeconds : 0, Of(partition));
    }

    private static KeyValuePair<string, object?> Of(int partition) => new("partition", partition);
}
