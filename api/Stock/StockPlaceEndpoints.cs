using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Stock;

/// <summary><c>/v1/warehouses</c> and <c>/v1/transfers</c>: where stock is, and how it moves.
/// </summary>
internal static class StockPlaceEndpoints
{
    public static void MapStockPlaces(this IEndpointRouteBuilder v1)
    {
        var warehouses = v1.MapGroup("/warehouses").WithTags("Stock");
        warehouses.MapGet("", ListAsync).WithName("listWarehouses")
            .WithSummary("Lists the warehouses, the first to ship first")
            .WithProblems(503);
        warehouses.MapPut("/{id}", PutAsync).WithName("putWarehouse")
            .WithSummary("Puts a warehouse, or changes its priority")
            .WithProblems(400, 413, 415, 422, 503);
        var transfers = v1.MapGroup("/transfers").WithTags("Stock");
        transfers.MapPost("", SendAsync).WithName("sendTransfer")
            .WithSummary("Takes units out of a place, for another")
            .WithDescription("They are in nobody's stock until they are claimed. With an " +
                "Idempotency-Key, which is the transfer's id, it has one effect.")
            .WithProblems(400, 404, 409, 413, 415, 422, 503);
        transfers.MapPut("/{id}", AnnounceAsync).WithName("announceTransfer")
            .WithSummary("Makes a transfer of another region known here, so that it can be claimed")
            .WithProblems(400, 404, 413, 415, 422, 503);
        transfers.MapGet("/{id}", GetAsync).WithName("getTransfer")
            .WithSummary("Reads a transfer")
            .WithProblems(404, 503);
        transfers.MapPost("/{id}/claim", ClaimAsync).WithName("claimTransfer")
            .WithSummary("Puts a transfer's units into its destination, once")
            .WithProblems(400, 404, 503);
    }

    private static async Task<Ok<WarehouseList>> ListAsync(
        IStockKeeping keeping, OwnRegion region, CancellationToken ct)
    {
        var list = await keeping.ListWarehousesAsync(region.Stock, ct);
        return TypedResults.Ok(new WarehouseList([.. list.Select(WarehouseView.Of)]));
    }

    private static async Task<Results<Ok<WarehouseView>, ProblemResult>> PutAsync(
        [Description("The warehouse's id.")] string id,
        WarehouseBody body, IStockKeeping keeping, OwnRegion region, CancellationToken ct)
    {
        var answer = await keeping.PutWarehouseAsync(
            new(new(id), region.Stock, body.Priority), ct);
        return answer.Is(out var warehouse, out var refusal)
            ? TypedResults.Ok(WarehouseView.Of(warehouse))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async Task<Results<Created<TransferView>, ProblemResult>> SendAsync(
        TransferBody body,
        IProductStore products,
        IStockKeeping keeping,
        OwnRegion region,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(body.ProductId), ct) is null)
            return Unknown(body.ProductId);
        var transfer = ToTransfer(RequestConditions.KeyOrNew(key, time), body, region);
        if (transfer.From.Region != region.Stock)
        {
            return (ProblemResult)Problem.Invalid("/from/region",
                $"is {transfer.From.Region}; only that region's shop sends from there.");
        }
        var answer = await keeping.SendAsync(transfer, ct);
        return answer.Is(out var sent, out var refusal)
            ? TypedResults.Created($"/v1/transfers/{sent.Operation}", TransferView.Of(sent))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async Task<Results<Ok<TransferView>, ProblemResult>> AnnounceAsync(
        [Description("The transfer's id, from the region that sent it.")] string id,
        TransferBody body,
        IProductStore products,
        IStockKeeping keeping,
        OwnRegion region,
        TimeProvider time,
        CancellationToken ct)
    {
        if (await products.GetAsync(new Sku(body.ProductId), ct) is null)
            return Unknown(body.ProductId);
        var transfer = ToTransfer(id, body, region) with { SentAt = time.GetUtcNow() };
        if (transfer.From.Region == region.Stock)
        {
            return (ProblemResult)Problem.Invalid("/from/region",
                "is this shop's own; a transfer from here is sent with POST /v1/transfers.");
        }
        if (transfer.To.Region != region.Stock) return Foreign("/to/region", transfer);
        var answer = await keeping.AnnounceAsync(transfer, ct);
        return answer.Is(out var known, out var refusal)
            ? TypedResults.Ok(TransferView.Of(known))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async Task<Results<Ok<TransferView>, ProblemResult>> GetAsync(
        [Description("The transfer's id.")] string id,
        IStockKeeping keeping, CancellationToken ct) =>
        await keeping.GetTransferAsync(new(id), ct) is { } transfer
            ? TypedResults.Ok(TransferView.Of(transfer))
            : (ProblemResult)Problem.NotFound($"There is no transfer '{id}'.");

    private static async Task<Results<Ok<TransferView>, ProblemResult>> ClaimAsync(
        [Description("The transfer's id.")] string id,
        IStockKeeping keeping, OwnRegion region, CancellationToken ct)
    {
        if (await keeping.GetTransferAsync(new(id), ct) is { } transfer
            && transfer.To.Region != region.Stock)
        {
            return Foreign("id", transfer);
        }
        var answer = await keeping.ClaimAsync(new(id), ct);
        return answer.Is(out var claimed, out var refusal)
            ? TypedResults.Ok(TransferView.Of(claimed))
            : (ProblemResult)refusal.ToProblem();
    }

    private static StockTransfer ToTransfer(string id, TransferBody body, OwnRegion region) => new(
        new(id), body.From.KeyOf(body.ProductId, region.Stock),
        body.To.KeyOf(body.ProductId, region.Stock), body.Quantity, body.Reason);

    private static ProblemResult Foreign(string field, StockTransfer transfer) =>
        Problem.Invalid(field,
            $"is for region {transfer.To.Region}; only that region's shop claims it.");

    private static ProblemResult Unknown(string product) =>
        Problem.NotFound($"The catalogue has no product '{product}'.");
}
