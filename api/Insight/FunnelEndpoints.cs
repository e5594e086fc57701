using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Funnels;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Insight;

/// <summary>One step of the funnel.</summary>
/// <param name="Event">The event that makes the step.</param>
/// <param name="Sessions">Sessions with this step and all before it.</param>
/// <param name="AnySessions">Sessions with this step, whatever else they saw.</param>
/// <param name="ConversionRate">Sessions over those of the step before, 0 to 1.</param>
public sealed record FunnelStepView(
    string Event, long Sessions, long AnySessions, double ConversionRate)
{
    internal static FunnelStepView[] Of(IReadOnlyList<FunnelStep> steps) =>
        [.. steps.Select(step => new FunnelStepView(
            step.Event.ToText(), step.Sessions, step.AnySessions, step.ConversionRate))];
}

/// <summary>How far sessions come from a view to a purchase.</summary>
/// <param name="From">Sessions that began before this hour are left out; absent for all.</param>
/// <param name="Steps">In order.</param>
public sealed record FunnelView(DateTimeOffset? From, IReadOnlyList<FunnelStepView> Steps);

/// <summary><c>/v1/funnels/live</c>.</summary>
internal static class FunnelEndpoints
{
    public static void MapFunnels(this IEndpointRouteBuilder v1) => v1
        .MapGet("/funnels/live", Read).WithName("liveFunnel").WithTags("Insight")
        .WithSummary("Shows how far sessions come from a view to a purchase")
        .WithProblems(400);

    private static Results<Ok<FunnelView>, ProblemResult> Read(
        [Description("Only sessions that began within it, as 24h or 7d; all unless given.")]
        string? window,
        LiveFunnel funnel, TimeProvider time)
    {
        DateTimeOffset? from = null;
        if (window is not null)
        {
            if (ReadWindow(window) is not { } length)
            {
                return (ProblemResult)Problem.Invalid(nameof(window),
                    $"'{window}' is not a number of hours or days, as 24h or 7d, up to 400d.");
            }
            from = time.GetUtcNow() - length;
        }
        return TypedResults.Ok(new FunnelView(
            from, FunnelStepView.Of(funnel.Read(from ?? DateTimeOffset.MinValue))));
    }

    private static TimeSpan? ReadWindow(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None,
            CultureInfo.InvariantCulture, out var number)) return null;
        var hours = text[^1] switch { 'h' => 1L, 'd' => 24L, _ => 0L } * number;
        return hours is > 0 and <= FunnelProjection.HourLimit ? TimeSpan.FromHours(hours) : null;
    }
}
