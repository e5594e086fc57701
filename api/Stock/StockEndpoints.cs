using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Stock;

/// <summary><c>/v1/stock</c>: what there is of a product.</summary>
internal static class StockEndpoints
{
    public static void MapStock(this IEndpointRouteBuilder v1)
    {
        var stock = v1.MapGroup("/stock").WithTags("Stock");
        stock.MapGet("/{id}", GetAsync).WithName("getStock")
            .WithSummary("Reads a product's stock")
            .WithDescription("Of a bundle: how many can be made of what its components have.")
            .WithProblems(404, 503);
        stock.MapGet("/{id}/shares", ListAsync).WithName("listShares")
            .WithSummary("Reads a product's stock by warehouse and bucket")
            .WithProblems(404, 503);
        stock.MapPost("/{id}/adjustments", AdjustAsync).WithName("adjustStock")
            .WithSummary("Receives or corrects stock")
            .WithDescription("With an Idempotency-Key it has one effect, however often it is " +
                "repeated. Refused with 409 where less than none would be available.")
            .WithProblems(400, 404, 409, 413, 415, 422, 503);
        stock.MapPost("/{id}/receipts", ReceiveAsync).WithName("receiveStock")
            .WithSummary("Receives a delivery")
            .WithDescription("Units that are sold and owed get theirs first. With an " +
                "Idempotency-Key it has one effect, however often it is repeated.")
            .WithProblems(400, 404, 413, 415, 422, 503);
        stock.MapPost("/{id}/returns", RestockAsync).WithName("restockStock")
            .WithSummary("Puts returned units back")
            .WithDescription("With an Idempotency-Key it has one effect, however often it is " +
                "repeated.")
            .WithProblems(400, 404, 413, 415, 422, 503);
        stock.MapPut("/{id}/buckets", SpreadAsync).WithName("spreadStock")
            .WithSummary("Splits a hot product's stock into buckets, or merges them")
            .WithProblems(400, 404, 413, 415, 422, 503);
        stock.MapGet("/{id}/policy", GetPolicyAsync).WithName("getStockPolicy")
            .WithSummary("Reads how a product's stock is promised")
            .WithProblems(404, 503);
        stock.MapPut("/{id}/policy", PutPolicyAsync).WithName("putStockPolicy")
            .WithSummary("Sets how a product's stock is promised")
            .WithDescription("A field that is left out gets its default.")
            .WithProblems(400, 404, 413, 415, 503);
        stock.MapGet("/reconciliation", ReconcileAsync).WithName("reconcileStock")
            .WithSummary("Proves that ledger and reservations add up to the stock")
            .WithDescription("Reads the whole ledger; what differs is listed.")
            .WithProblems(503);
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> GetAsync(
        [Description("The product's id.")] string id,
        IProductStore products, IStockStore stock, OwnRegion region, CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is not { } product) return Unknown(id);
        return TypedResults.Ok(product.Components.Count == 0
            ? await ViewAsync(stock, region, id, ct)
            : StockView.Of(product, await stock.GetLevelsAsync(
                [.. product.Components.Select(part => part.Sku)], region.Stock, ct)));
    }

    private static async Task<Results<Ok<ShareList>, ProblemResult>> ListAsync(
        [Description("The product's id.")] string id,
        IProductStore products, IStockStore stock, OwnRegion region, CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        var shares = await stock.ListAsync(new Sku(id), region.Stock, ct);
        return TypedResults.Ok(new ShareList([.. shares.Select(ShareView.Of)]));
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> AdjustAsync(
        [Description("The product's id.")] string id,
        AdjustmentBody body,
        IProductStore products,
        IStockStore stock,
        OwnRegion region,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        var answer = await stock.AdjustAsync(new StockAdjustment(
            Operation(key, time), ShareOf(region, id, body.Warehouse, body.Bucket), body.Delta,
            MovementKind.Adjusted, body.Reason), ct);
        return await ToResultAsync(answer.Refusal, stock, region, id, ct);
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> ReceiveAsync(
        [Description("The product's id.")] string id,
        ArrivalBody body,
        IProductStore products,
        IStockStore stock,
        OwnRegion region,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        if (Limited.Check("/quantity", body.Quantity, StockRules.DeltaLimit) is { } problem)
            return (ProblemResult)problem;
        var answer = await stock.AdjustAsync(new StockAdjustment(
            Operation(key, time), ShareOf(region, id, body.Warehouse, 0), body.Quantity,
            MovementKind.Received, body.Reason), ct);
        return await ToResultAsync(answer.Refusal, stock, region, id, ct);
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> RestockAsync(
        [Description("The product's id.")] string id,
        ArrivalBody body,
        IProductStore products,
        IStockStore stock,
        OwnRegion region,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        var answer = await stock.RestockAsync(new RestockUnits(
            Operation(key, time), [new(new Sku(id), body.Quantity)], region.Stock,
            body.Reason, new(body.Warehouse ?? "")), ct);
        return await ToResultAsync(answer.Refusal, stock, region, id, ct);
    }

    private static async Task<Results<Ok<StockView>, ProblemResult>> SpreadAsync(
        [Description("The product's id.")] string id,
        BucketsBody body,
        IProductStore products,
        IStockKeeping keeping,
        OwnRegion region,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        var answer = await keeping.SpreadAsync(new SpreadStock(
            Operation(key, time), new Sku(id), region.Stock, body.Count,
            new(body.Warehouse ?? "")), ct);
        return answer.Is(out var level, out var refusal)
            ? TypedResults.Ok(StockView.Of(level))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async Task<Results<Ok<PolicyBody>, ProblemResult>> GetPolicyAsync(
        [Description("The product's id.")] string id,
        IProductStore products, IStockKeeping keeping, CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        return TypedResults.Ok(PolicyBody.Of(await keeping.GetPolicyAsync(new Sku(id), ct)));
    }

    private static async Task<Results<Ok<PolicyBody>, ProblemResult>> PutPolicyAsync(
        [Description("The product's id.")] string id,
        PolicyBody body,
        IProductStore products, IStockKeeping keeping, CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(id), ct) is null) return Unknown(id);
        var answer = await keeping.PutPolicyAsync(new Sku(id), body.ToPolicy(), ct);
        return answer.Is(out var policy, out var refusal)
            ? TypedResults.Ok(PolicyBody.Of(policy))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async Task<Ok<StockReconciliationView>> ReconcileAsync(
        IStockKeeping keeping, CancellationToken ct) =>
        TypedResults.Ok(StockReconciliationView.Of(await keeping.ReconcileAsync(ct)));

    private static async Task<Results<Ok<StockView>, ProblemResult>> ToResultAsync(
        Refusal? refusal, IStockStore stock, OwnRegion region, string id, CancellationToken ct) =>
        refusal is null
            ? TypedResults.Ok(await ViewAsync(stock, region, id, ct))
            : (ProblemResult)refusal.ToProblem();

    private static async Task<StockView> ViewAsync(
        IStockStore stock, OwnRegion region, string id, CancellationToken ct) =>
        StockView.Of((await stock.GetLevelsAsync([new Sku(id)], region.Stock, ct))[0]);

    private static OperationId Operation(string? key, TimeProvider time) =>
        new(RequestConditions.KeyOrNew(key, time));

    private static ShareKey ShareOf(
        OwnRegion region, string id, string? warehouse, int bucket) =>
        new(new Sku(id), region.Stock, bucket, new(warehouse ?? ""));

    private static ProblemResult Unknown(string id) =>
        Problem.NotFound($"The catalogue has no product '{id}'.");
}
