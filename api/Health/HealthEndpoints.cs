using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Events;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Api.Profiles;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.EventHubs;

namespace StreamCommerce.Api.Health;

/// <summary>The process is alive.</summary>
/// <param name="Status"><c>alive</c>.</param>
public sealed record Liveness(string Status);

/// <summary>The service can do its work.</summary>
/// <param name="Status"><c>ready</c>.</param>
/// <param name="Handled">Events that the engine has handled.</param>
/// <param name="Lag">Events in the log that it has not.</param>
/// <param name="Partitions">Partitions of the log; a visitor's events are in one of them.</param>
/// <param name="Spill">What waits on this machine while the log does not take events; absent where
/// it does.</param>
/// <param name="ProfileLag">Events of this instance's share of the partitions that are not in the
/// stored profiles yet; absent where there are none.</param>
/// <param name="ProfileFault">Why profiles are not written; absent where they are. Buyers are
/// served without, so this is no reason to send them elsewhere.</param>
public sealed record Readiness(
    string Status, long Handled, long Lag, int Partitions, SpillView? Spill = null,
    long? ProfileLag = null, string? ProfileFault = null);

/// <summary>Events that are acknowledged, and are handled when the log takes them again.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Events">Events that wait.</param>
/// <param name="Bytes">Bytes on the disk.</param>
/// <param name="Partitions">Partitions whose events wait.</param>
public sealed record SpillView(DateTimeOffset Since, long Events, long Bytes, int Partitions)
{
    internal static SpillView Of(SpillStatus spill) =>
        new(spill.Since, spill.Events, spill.Bytes, spill.Partitions);
}

/// <summary><c>/healthz</c> and <c>/readyz</c>, for whoever restarts or routes.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Ok(new Liveness("alive")))
            .WithName("healthz").WithTags("Health")
            .WithSummary("Whether the process is alive");
        routes.MapGet("/readyz", Read)
            .WithName("readyz").WithTags("Health")
            .WithSummary("Whether the service can do its work")
            .WithDescription("Loaded, the engine running, log and stores writable. Gives the lag.")
            .WithProblems(503);
    }

    private static Results<Ok<Readiness>, ProblemResult> Read(
        CommerceEngine engine, EngineService running, EventIntake intake, OutboxRelay relay,
        WriteProbe probe, ShopCore core, [FromServices] ProfileService? profiles)
    {
        var reason = running.Fault is { } fault ? $"The engine has ended: {fault.Message}"
            : intake.RecentFault is { } append ? $"The log did not take events: {append.Message}"
            : relay.Fault is { } outbox ? $"The outbox cannot be told to the log: {outbox.Message}"
            : core.Shelf.Fault is { } stale
                ? $"What can be sold is not followed: {stale.Message}"
            : core.Stores.Feed?.Fault is { } deaf
                ? $"What other instances write is not followed: {deaf.Message}"
            : probe.FindFault() is { } disk ? $"The data folder cannot be written: {disk}"
            : null;
        return reason is null
            ? TypedResults.Ok(new Readiness(
                "ready", engine.HandledEvents, engine.Lag, engine.PartitionCount,
                core.Spill is { } spill ? SpillView.Of(spill) : null,
                profiles?.Lag, profiles?.Fault?.Message))
            : (ProblemResult)Problem.Unavailable(reason);
    }
}
