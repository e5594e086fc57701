using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Stock;

/// <summary>Units of a product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units, from 1.</param>
public sealed record UnitsBody(string ProductId, int Quantity);

/// <summary>Asks for all lines, or none.</summary>
/// <param name="Lines">1 to 200; the same product twice is added up.</param>
/// <param name="LifetimeSeconds">How long it holds, to 604,800; absent: as the products'
/// policies say.</param>
public sealed record ReservationBody(
    IReadOnlyList<UnitsBody> Lines, int? LifetimeSeconds = null);

/// <summary>What of a reservation is committed.</summary>
/// <param name="Lines">Units to commit; the rest comes back. Absent: all.</param>
public sealed record CommitBody(IReadOnlyList<UnitsBody>? Lines = null);

/// <summary>Units that a reservation holds in one place.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units that were promised.</param>
/// <param name="Warehouse">Where they ship from; absent for the main warehouse.</param>
/// <param name="Bucket">The part of a hot product.</param>
/// <param name="Backordered">Units that are not there yet; absent where all are.</param>
/// <param name="Released">Units that a commit in part gave back; absent where there are none.
/// </param>
public sealed record ReservedLineView(
    string ProductId, int Quantity, string? Warehouse, int Bucket, int? Backordered,
    int? Released);

/// <summary>Units that are promised until a moment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State"><c>held</c>, <c>committed</c>, <c>released</c> or <c>expired</c>.</param>
/// <param name="ExpiresAt">From then on it cannot be committed.</param>
/// <param name="Lines">What it holds, by the place that it ships from.</param>
public sealed record ReservationView(
    string Id, string State, DateTimeOffset ExpiresAt, IReadOnlyList<ReservedLineView> Lines)
{
    internal static ReservationView Of(Reservation reservation) => new(
        reservation.Id.Value, reservation.State.ToString().ToLowerInvariant(),
        reservation.ExpiresAt,
        [.. reservation.Lines.Select(line => new ReservedLineView(
            line.Share.Sku.Value, line.Quantity, ShareView.NameOf(line.Share.Warehouse),
            line.Share.Bucket, line.Backordered == 0 ? null : line.Backordered,
            line.Released == 0 ? null : line.Released))]);
}

/// <summary><c>/v1/reservations</c>: stock that is promised, in two phases.</summary>
internal static class ReservationEndpoints
{
    public static void MapReservations(this IEndpointRouteBuilder v1)
    {
        var reservations = v1.MapGroup("/reservations").WithTags("Reservations");
        reservations.MapPost("", CreateAsync).WithName("reserveStock")
            .WithSummary("Promises units until a moment")
            .WithDescription("Takes all lines or none; a shortfall names each line. Of a " +
                "bundle its components are promised. The Idempotency-Key is the reservation's " +
                "id: repeated, it gives the first answer.")
            .WithProblems(400, 404, 409, 413, 415, 422, 503);
        reservations.MapGet("/{id}", GetAsync).WithName("getReservation")
            .WithSummary("Reads a reservation")
            .WithProblems(404, 503);
        reservations.MapPost("/{id}/commit", CommitAsync).WithName("commitReservation")
            .WithSummary("The promised units leave, all or in part")
            .WithDescription("What a part leaves comes back, and the reservation is closed: the " +
                "same part again changes nothing, another one is refused.")
            .WithProblems(400, 404, 409, 413, 415, 422, 503);
        reservations.MapPost("/{id}/release", ReleaseAsync).WithName("releaseReservation")
            .WithSummary("The promised units come back")
            .WithProblems(404, 409, 503);
    }

    private static async Task<Results<Created<ReservationView>, ProblemResult>> CreateAsync(
        ReservationBody body,
        IProductStore products,
        IStockStore stock,
        OwnRegion region,
        TimeProvider time,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        CancellationToken ct)
    {
        if (Elements.Check("/lines", body.Lines) is { } missing) return (ProblemResult)missing;
        if (CheckFree(RequestConditions.IdempotencyKey, key) is { } taken)
            return (ProblemResult)taken;
        var lines = ToLines(body.Lines);
        if (lines.Count > StockRules.LineCountLimit)
        {
            return (ProblemResult)Problem.Invalid("/lines",
                $"has {lines.Count} lines; 1 to {StockRules.LineCountLimit} are possible.");
        }
        var offers = await products.GetOffersAsync([.. lines.Select(line => line.Sku)], ct);
        for (var i = 0; i < lines.Count; i++)
        {
            if (offers[i] is null)
            {
                return (ProblemResult)new Refusal(RefusalCode.UnknownProduct,
                    $"{lines[i].Sku} is not in the catalogue.")
                { Lines = [new(lines[i].Sku, lines[i].Quantity)] }.ToProblem();
            }
        }
        TimeSpan? lifetime = body.LifetimeSeconds is { } seconds
            ? TimeSpan.FromSeconds(seconds) : null;
        var answer = await stock.ReserveAsync(new StockRequest(
            new(RequestConditions.KeyOrNew(key, time)),
            BundleRules.ToStock(lines, BundleRules.Among(offers)), region.Stock, lifetime), ct);
        return answer.Is(out var held, out var refusal)
            ? TypedResults.Created($"/v1/reservations/{held.Id}", ReservationView.Of(held))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async Task<Results<Ok<ReservationView>, ProblemResult>> GetAsync(
        [Description("The reservation's id.")] string id,
        IStockStore stock, CancellationToken ct) =>
        await stock.GetReservationAsync(new(id), ct) is { } reservation
            ? TypedResults.Ok(ReservationView.Of(reservation))
            : (ProblemResult)Problem.NotFound($"There is no reservation '{id}'.");

    private static async Task<Results<Ok<ReservationView>, ProblemResult>> CommitAsync(
        [Description("The reservation's id.")] string id,
        CommitBody body, IStockStore stock, OwnRegion region, CancellationToken ct)
    {
        if (Elements.Check("/lines", body.Lines) is { } missing) return (ProblemResult)missing;
        if (await CheckOwnAsync(id, stock, region, ct) is { } taken) return (ProblemResult)taken;
        return ToResult(body.Lines is { } part
            ? await stock.CommitPartAsync(new(id), ToLines(part), ct)
            : await stock.CommitAsync(new(id), ct));
    }

    private static async Task<Results<Ok<ReservationView>, ProblemResult>> ReleaseAsync(
        [Description("The reservation's id.")] string id,
        IStockStore stock, OwnRegion region, CancellationToken ct) =>
        await CheckOwnAsync(id, stock, region, ct) is { } taken
            ? (ProblemResult)taken
            : ToResult(await stock.ReleaseAsync(new(id), ct));

    // Another region's shares are written by that region alone.
    private static async ValueTask<Problem?> CheckOwnAsync(
        string id, IStockStore stock, OwnRegion region, CancellationToken ct)
    {
        if (CheckFree("id", id) is { } taken) return taken;
        if (await stock.GetReservationAsync(new(id), ct) is not { Lines: [var line, ..] }
            || line.Share.Region == region.Stock) return null;
        return Problem.Invalid("id",
            $"is of region {line.Share.Region}; only that region's shop closes it.");
    }

    // An order's stock is its checkout's: closed from outside it would be sold without money.
    private static Problem? CheckFree(string field, string? id) =>
        id?.StartsWith(CheckoutRules.ReservationPrefix, StringComparison.Ordinal) == true
            ? Problem.Invalid(field, "belongs to an order; cancel or ship the order instead.")
            : null;

    private static Results<Ok<ReservationView>, ProblemResult> ToResult(
        Answer<Reservation> answer) => answer.Is(out var reservation, out var refusal)
            ? TypedResults.Ok(ReservationView.Of(reservation))
            : (ProblemResult)refusal.ToProblem();

    private static List<StockLine> ToLines(IReadOnlyList<UnitsBody> lines) =>
        [.. lines.Select(line => new StockLine(new Sku(line.ProductId), line.Quantity))];
}
