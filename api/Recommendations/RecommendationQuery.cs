using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Recommendations;

/// <summary>What every list of products takes.</summary>
internal readonly record struct RecommendationQuery(
    [property: FromQuery(Name = "visitor")]
    [property: Description("Who it is for; an unknown one is an ordinary case.")]
    string? Visitor,
    [property: FromQuery(Name = "k")]
    [property: Description("How many; 10 unless said otherwise.")]
    int? K,
    [property: FromQuery(Name = "category")]
    [property: Description("Only products of this category; several: of any of them.")]
    string[]? Category,
    [property: FromQuery(Name = "region")]
    [property: Description("Whose stock must have them; the shop's own unless said otherwise.")]
    string? Region,
    [property: FromQuery(Name = "exclude")]
    [property: Description("A product that must not be among them; may come several times.")]
    string[]? Exclude,
    [property: FromQuery(Name = "after")]
    [property: Description("Goes on behind an earlier page: what its `next` said.")]
    string? After)
{
    private const int Default = 10;
    // Of each: what fits into an URL.
    private const int CategoryLimit = 20;

    /// <summary>The engine's request, or what is wrong with the query.</summary>
    /// <param name="placement">What the list is for.</param>
    /// <param name="limit">Products of an answer at most.</param>
    /// <param name="problem">Names the parameter; null where all is well.</param>
    public RecommendationRequest ToRequest(
        Placement placement, int limit, out Problem? problem)
    {
        var count = K ?? Default;
        var after = PageCursor.Start;
        problem = Limited.Check("k", count, limit)
            ?? CheckId("visitor", Visitor) ?? CheckId("region", Region)
            ?? CheckAll("category", Category, CategoryLimit)
            ?? CheckAll("exclude", Exclude, RecommendationRequest.ProductLimit);
        if (problem is null && After is not null && !PageCursor.TryParse(After, out after))
        {
            problem = Problem.Invalid("after",
                "is no place of an answer; send back what its 'next' said, or leave it out.");
        }
        return new()
        {
            Placement = placement,
            Visitor = Visitor is null ? null : new VisitorId(Visitor),
            Count = count,
            Categories = Category ?? [],
            Region = Region,
            Exclude = ToSkus(Exclude),
            After = after ?? PageCursor.Start,
        };
    }

    /// <summary>What is wrong with an id; null where it is absent or sound.</summary>
    public static Problem? CheckId(string name, string? id) => id switch
    {
        null => null,
        "" => Problem.Invalid(name, "is empty; name one, or leave the parameter out."),
        { Length: > EventRules.IdLengthLimit } => Problem.Invalid(name,
            $"has {id.Length} characters; at most {EventRules.IdLengthLimit} are allowed."),
        _ => null,
    };

    /// <summary>What is wrong with one of several; null where all are sound.</summary>
    public static Problem? CheckAll(string name, string[]? ids, int limit)
    {
        if (ids is null) return null;
        if (ids.Length > limit)
            return Problem.Invalid(name, $"is there {ids.Length} times; at most {limit} times.");
        foreach (var id in ids)
            if (CheckId(name, id) is { } problem) return problem;
        return null;
    }

    /// <summary>The products of a parameter.</summary>
    public static Sku[] ToSkus(string[]? ids) =>
        ids is null ? [] : Array.ConvertAll(ids, id => new Sku(id));
}
