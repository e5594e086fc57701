using System.Diagnostics.Metrics;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>The engine's metrics. Meter <c>StreamCommerce.Engine</c>.</summary>
public static class EngineInstruments
{
    /// <summary>The meter's name, for exporters.</summary>
    public const string MeterName = "StreamCommerce.Engine";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> HandledEvents = Meter.CreateCounter<long>(
        "streamcommerce.engine.events", "{event}", "Events read from the log and handled.");

    private static readonly Counter<long> PoisonEvents = Meter.CreateCounter<long>(
        "streamcommerce.engine.dead_letters", "{event}", "Events that a projection threw on.");

    internal static void Handled(int partition, int events) =>
        HandledEvents.Add(events, new KeyValuePair<string, object?>("partition", partition));

    internal static void Poisoned(int partition) =>
        PoisonEvents.Add(1, new KeyValuePair<string, object?>("partition", partition));
}
