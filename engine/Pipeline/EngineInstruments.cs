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

    private static readonly Counter<long> ModelSwaps = Meter.CreateCounter<long>(
        "streamcommerce.engine.model_swaps", "{model}", "Models that began to answer.");

    private static readonly Counter<long> RefusedModels = Meter.CreateCounter<long>(
        "streamcommerce.engine.models_refused", "{model}",
        "Promoted models that could not be used; each attempt counts.");

    private static readonly Counter<long> StoredProfiles = Meter.CreateCounter<long>(
        "streamcommerce.engine.stored_profiles", "{profile}",
        "Profiles asked of the store for visitors whom the engine knows nothing of, by how that " +
            "ended: found, none, late, failed, or busy, which was not asked.");

    internal static void Handled(int partition, int events) =>
        HandledEvents.Add(events, new KeyValuePair<string, object?>("partition", partition));

    internal static void Poisoned(int partition) =>
        PoisonEvents.Add(1, new KeyValuePair<string, object?>("partition", partition));

    internal static void ProfileAsked(string end) =>
        StoredProfiles.Add(1, new KeyValuePair<string, object?>("end", end));

    internal static void ModelSwapped() => ModelSwaps.Add(1);

    internal static void ModelRefused() => RefusedModels.Add(1);
}
