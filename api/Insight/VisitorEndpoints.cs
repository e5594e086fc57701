using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.Forgetting;
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

/// <summary><c>/v1/visitors/{id}</c>: what is known of a visitor, and forgetting it.</summary>
internal static class VisitorEndpoints
{
    public static void MapVisitors(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/visitors/{id}/profile", ReadAsync).WithName("visitorProfile")
            .WithTags("Insight")
            .WithSummary("Shows what a visitor did last with products")
            .WithDescription("As the engine of this instance knows it; where it knows nothing, " +
                "as the store does, if there is one for profiles.")
            .WithProblems(400);
        v1.MapDelete("/visitors/{id}", ForgetAsync).WithName("forgetVisitor").WithTags("Insight")
            .WithSummary("Forgets a visitor everywhere, and proves it")
            .WithDescription("Removes carts, sessions, profile, what recommendations, " +
                "experiments and funnels keep of the visitor, and events of it that were set " +
                "aside; then looks again. Every place is listed with what was removed and what " +
                "is left, which is nothing, and so is what stays, and why. Answers when that is " +
                "durable: neither a restart nor a rebuild from the log brings the visitor back; " +
                "later events of the same id are a new visitor's. It writes the state of one " +
                "partition anew, so it takes as long as that. May be repeated.")
            .WithProblems(400, 503);
    }

    private static async Task<Results<Ok<VisitorErasure>, ProblemResult>> ForgetAsync(
        [Description("The visitor's id.")] string id, VisitorForgetting forgetting,
        CancellationToken ct)
    {
        if (CheckId(id) is { } problem) return (ProblemResult)problem;
        return TypedResults.Ok(await forgetting.ForgetAsync(new VisitorId(id), ct));
    }

    private static async Task<Results<Ok<ProfileView>, ProblemResult>> ReadAsync(
        [Description("The visitor's id.")] string id, CommerceEngine engine,
        [FromServices] StoredHistories? stored, CancellationToken ct)
    {
        if (CheckId(id) is { } problem) return (ProblemResult)problem;
        var visitor = new VisitorId(id);
        var interactions = ReadEngine(engine, visitor);
        if (interactions.Length == 0 && stored is not null)
        {
            interactions = [.. (await stored.FindAsync(visitor, ct)).Reverse().Select(one =>
                new InteractionView(one.Product.Value, one.Name.ToText(),
                    new DateTimeOffset(one.Ticks, TimeSpan.Zero)))];
        }
        return TypedResults.Ok(new ProfileView(id, interactions));
    }

    private static Problem? CheckId(string id) => id.Length <= EventRules.IdLengthLimit
        ? null
        : Problem.Invalid(nameof(id), $"has more than {EventRules.IdLengthLimit} characters.");

    private static InteractionView[] ReadEngine(CommerceEngine engine, VisitorId visitor) =>
        engine.Read<ProfileProjection, InteractionView[]>(
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
}
