using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Stock;

/// <summary>Units of a product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Available">Units that can be promised.</param>
/// <param name="Reserved">Units that are promised and still there.</param>
/// <param name="OnHand">Both together.</param>
/// <param name="Version">Grows with every change.</param>
public sealed record StockView(
    string ProductId, long Available, long Reserved, long OnHand, long Version);

/// <summary>Units that come in or go out, outside of any sale.</summary>
/// <param name="Delta">Units, not 0; negative ones go out.</param>
/// <param name="Reason">Why, for the ledger; at most 500 characters.</param>
public sealed record AdjustmentBody(int Delta, string? Reason = null);

/// <summary><c>/v1/stock</c>: what there is of a product.</summary>
internal static class StockEndpoints
{
    public static void MapStock(this IEndpointRouteBuilder v1)
    {
        var stock = v1.MapGroup("/stock").WithTags("Stock");
        stock.MapGet("/{id}", GetAsync).WithName("getStock")
            .WithSummary("Reads a product's stock")
            .WithProblems(404, 503);
        stock.MapPost("/{id}/adjustments", AdjustAsync).WithName("adjustStock")
            .WithSummary("Receives or corrects stock")
            .WithDescription("With an Idempotency-Key it has one effect, however often it is " +
                "repeated. Refused with 409 where less than none would be available.")
            .WithProblems(400, 404, 409, 413, 415, 422, 503);
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> GetAsync(
        [Description("The product's id.")] string id,
        IProductStore products, IStockStore stock, CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        return TypedResults.Ok(ToView(await stock.GetAsync(ShareOf(id), ct)));
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> AdjustAsync(
        [Description("The product's id.")] string id,
        AdjustmentBody body,
        IProductStore products,
        IStockStore stock,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        var operation = new OperationId(RequestConditions.KeyOrNew(key, time));
        var answer = await stock.AdjustAsync(new StockAdjustment(
            operation, ShareOf(id), body.Delta, MovementKind.Adjusted, body.Reason), ct);
        return answer.Is(out var share, out var refusal)
            ? TypedResults.Ok(ToView(share))
            : (ProblemResult)refusal.ToProblem();
    }

    private static ShareKey ShareOf(string id) => new(new Sku(id), StockRegion.Home);

    private static ProblemResult Unknown(string id) =>
        Problem.NotFound($"The catalogue has no product '{id}'.");

    private static StockView ToView(Share share) => new(
        share.Key.Sku.Value, share.Available, share.Reserved, share.OnHand, share.Version);
}
