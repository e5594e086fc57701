using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Carts;

/// <summary>Units of a product in a cart.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units, from 1.</param>
public sealed record CartLineView(string ProductId, int Quantity);

/// <summary>What a visitor means to buy.</summary>
/// <param name="Id">The cart.</param>
/// <param name="VisitorId">Whose it is.</param>
/// <param name="Lines">In the order of the products' ids, each once.</param>
/// <param name="Version">Grows with every change; also the ETag.</param>
public sealed record CartView(
    string Id, string VisitorId, IReadOnlyList<CartLineView> Lines, long Version);

/// <summary>Further units for a cart.</summary>
/// <param name="ProductId">A product of the catalogue.</param>
/// <param name="Quantity">Units, from 1.</param>
public sealed record AddLineBody(string ProductId, int Quantity);

/// <summary>How many units a cart is to hold.</summary>
/// <param name="Quantity">Units; 0 takes the product out.</param>
public sealed record SetLineBody(int Quantity);

/// <summary>
/// <c>/v1/carts</c>. Whose cart it is comes as the header <c>Visitor-Id</c>; without one the
/// cart's own id is the visitor's, as a storefront has it that keeps one id a browser.
/// </summary>
internal static class CartEndpoints
{
    public static void MapCarts(this IEndpointRouteBuilder v1)
    {
        var carts = v1.MapGroup("/carts/{id}").WithTags("Carts");
        carts.MapGet("/", GetAsync).WithName("getCart")
            .WithSummary("Reads a cart; an empty one where nothing was ever put in")
            .WithProblems(400, 403, 503);
        carts.MapPost("/lines", AddAsync).WithName("addToCart")
            .WithSummary("Puts further units into the cart")
            .WithProblems(400, 403, 404, 412, 413, 415, 422, 503);
        carts.MapPut("/lines/{productId}", SetAsync).WithName("setInCart")
            .WithSummary("Makes it so many units")
            .WithProblems(400, 403, 404, 412, 413, 415, 422, 503);
        carts.MapDelete("/lines/{productId}", RemoveAsync).WithName("removeFromCart")
            .WithSummary("Takes a product out")
            .WithProblems(400, 403, 412, 503);
    }

    private static async Task<Results<Ok<CartView>, ProblemResult>> GetAsync(
        [Description("The cart's id.")] string id,
        [FromHeader(Name = CartConditions.Visitor), Description(CartConditions.VisitorDescription)]
        string? visitor,
        CartDesk desk, HttpResponse response, CancellationToken ct) =>
        ToResult(await desk.GetAsync(new CartId(id), VisitorOf(visitor, id), ct), response);

    private static Task<Results<Ok<CartView>, ProblemResult>> AddAsync(
        [Description("The cart's id.")] string id,
        AddLineBody body, [AsParameters] CartConditions conditions,
        CartDesk desk, TimeProvider time, HttpResponse response, CancellationToken ct) =>
        ChangeAsync(id, conditions, time, response, asked => desk.AddAsync(
            new AddToCart(new Sku(body.ProductId), body.Quantity)
            {
                Operation = asked.Operation,
                Cart = asked.Cart,
                Visitor = asked.Visitor,
                IfMatch = asked.IfMatch,
            }, ct));

    private static Task<Results<Ok<CartView>, ProblemResult>> SetAsync(
        [Description("The cart's id.")] string id,
        [Description("The product.")] string productId,
        SetLineBody body, [AsParameters] CartConditions conditions,
        CartDesk desk, TimeProvider time, HttpResponse response, CancellationToken ct) =>
        ChangeAsync(id, conditions, time, response, asked => desk.SetAsync(
            new SetQuantity(new Sku(productId), body.Quantity)
            {
                Operation = asked.Operation,
                Cart = asked.Cart,
                Visitor = asked.Visitor,
                IfMatch = asked.IfMatch,
            }, ct));

    private static Task<Results<Ok<CartView>, ProblemResult>> RemoveAsync(
        [Description("The cart's id.")] string id,
        [Description("The product.")] string productId,
        [AsParameters] CartConditions conditions,
        CartDesk desk, TimeProvider time, HttpResponse response, CancellationToken ct) =>
        ChangeAsync(id, conditions, time, response, asked => desk.RemoveAsync(
            new RemoveFromCart(new Sku(productId))
            {
                Operation = asked.Operation,
                Cart = asked.Cart,
                Visitor = asked.Visitor,
                IfMatch = asked.IfMatch,
            }, ct));

    private static async Task<Results<Ok<CartView>, ProblemResult>> ChangeAsync(
        string id, CartConditions conditions, TimeProvider time, HttpResponse response,
        Func<Asked, ValueTask<Answer<Cart>>> change)
    {
        if (new Preconditions(conditions.IfMatch, null).Read(out var ifMatch) is { } problem)
            return (ProblemResult)problem;
        var operation = new OperationId(RequestConditions.KeyOrNew(conditions.Key, time));
        var visitor = VisitorOf(conditions.VisitorId, id);
        return ToResult(
            await change(new Asked(operation, new CartId(id), visitor, ifMatch)), response);
    }

    private static Results<Ok<CartView>, ProblemResult> ToResult(
        Answer<Cart> answer, HttpResponse response)
    {
        if (!answer.Is(out var cart, out var refusal)) return (ProblemResult)refusal.ToProblem();
        response.Headers.ETag = RequestConditions.ToTag(cart.Version);
        return TypedResults.Ok(new CartView(cart.Id.Value, cart.Visitor.Value,
            [.. cart.Lines.Select(line => new CartLineView(line.Sku.Value, line.Quantity))],
            cart.Version));
    }

    private static VisitorId VisitorOf(string? visitor, string cart) =>
        new(string.IsNullOrEmpty(visitor) ? cart : visitor);

    private readonly record struct Asked(
        OperationId Operation, CartId Cart, VisitorId Visitor, long? IfMatch);
}

/// <summary>The headers of a change of a cart.</summary>
/// <param name="VisitorId">Whose cart it is.</param>
/// <param name="Key">The operation's id.</param>
/// <param name="IfMatch">The version that was read.</param>
internal readonly record struct CartConditions(
    [property: FromHeader(Name = CartConditions.Visitor)]
    [property: Description(CartConditions.VisitorDescription)]
    string? VisitorId,
    [property: FromHeader(Name = RequestConditions.IdempotencyKey)]
    [property: Description(CartConditions.KeyDescription)]
    string? Key,
    [property: FromHeader(Name = "If-Match")]
    [property: Description("Only if it is still this version: an ETag of this service.")]
    string? IfMatch)
{
    public const string Visitor = "Visitor-Id";

    public const string KeyDescription = RequestConditions.KeyDescription +
        " 1 to 62 printable characters, as every cart's id.";

    public const string VisitorDescription =
        "Whose cart it is; the cart's own id is the visitor's unless it is given.";
}
