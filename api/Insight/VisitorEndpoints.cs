using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Insight;

/// <summary>Something a visitor did with a product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Event">What.</param>
/// <param name="Time">When.</param>
public sealed record InteractionView(string ProductId, string Event, DateTimeOffset Time);

/// <summary>What a visitor did last.</summary>
/// <param name="VisitorId">Who.</param>
/// <param name="Interactions">Newest first, at most 50; none for one that is not known.</param>
public sealed record ProfileView(string VisitorId, IReadOnlyList<InteractionView> Interactions);

/// <summary><c>/v1/visitors/{id}/profile</c>.</summary>
internal static class VisitorEndpoints
{
    public static void MapVisitors(this IEndpointRouteBuilder v1) => v1
        .MapGet("/visitors/{id}/profile", Read).WithName("visitorProfile").WithTags("Insight")
        .WithSummary("Shows what a visitor did last with products");

    private static Ok<ProfileView> Read(
        [Description("The visitor's id.")] string id, CommerceEngine engine)
    {
        var visitor = new VisitorId(id);
        var interactions = engine.Read<ProfileProjection, InteractionView[]>(
            visitor, (graph, profiles) =>
            {
                var kept = profiles[graph.Visitors.Find(visitor)];
                var views = new InteractionView[kept.Length];
                for (var i = 0; i < kept.Length; i++)
                {
                    var (ticks, product, name) = kept[kept.Length - 1 - i];
                    views[i] = new(graph.Products[product].Value, name.ToText(),
                        new DateTimeOffset(ticks, TimeSpan.Zero));
                }
                return views;
            });
        return TypedResults.Ok(new ProfileView(id, interactions));
    }
}
