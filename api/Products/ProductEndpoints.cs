using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Products;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Products;

/// <summary><c>/v1/products</c>: the catalogue.</summary>
internal static class ProductEndpoints
{
    private const int PageLimit = 200;

    public static void MapProducts(this IEndpointRouteBuilder v1)
    {
        var products = v1.MapGroup("/products").WithTags("Products");
        products.MapGet("/{id}", GetAsync).WithName("getProduct")
            .WithSummary("Reads a product")
            .WithDescription("Its version comes as the ETag.")
            .WithProblems(404, 503);
        products.MapGet("/", ListAsync).WithName("listProducts")
            .WithSummary("Lists products in the order of their ids")
            .WithDescription("Pages by key: pass the answer's next as after.")
            .WithProblems(400, 503);
        products.MapPut("/{id}", PutAsync).WithName("putProduct")
            .WithSummary("Adds or replaces a product")
            .WithDescription("If-Match with an ETag replaces that version only, If-None-Match: * " +
                "adds only. Putting what is there changes nothing, the version neither.")
            .WithProblems(400, 412, 413, 415, 503);
        products.MapGet("/{id}/activity", GetActivity).WithName("getProductActivity")
            .WithSummary("Counts a product's views, carts and purchases, over all time")
            .WithDescription("Zeros where no event named it; it need not be in the catalogue.");
        products.MapProductImport();
    }

    private static async Task<Results<Ok<ProductView>, ProblemResult>> GetAsync(
        [Description("The product's id.")] string id,
        IProductStore products,
        HttpResponse response,
        CancellationToken ct) =>
        await products.GetAsync(new Sku(id), ct) is { } product
            ? Answer(product, response)
            : (ProblemResult)Problem.NotFound($"The catalogue has no product '{id}'.");

    private static async Task<Results<Ok<ProductList>, ProblemResult>> ListAsync(
        IProductStore products,
        [Description("Only products of this category.")] string? category,
        [Description("Only products behind this id.")] string? after,
        [Description("Products of the page, 1 to 200; 50 unless said otherwise.")] int? limit,
        CancellationToken ct)
    {
        var count = limit ?? 50;
        if (Limited.Check(nameof(limit), count, PageLimit) is { } problem)
            return (ProblemResult)problem;
        var page = await products.ListAsync(
            new ProductQuery(category, after is null ? null : new Sku(after), count), ct);
        return TypedResults.Ok(new ProductList(
            [.. page.Products.Select(ProductView.Of)], page.Next?.Value));
    }

    private static async Task<Results<Ok<ProductView>, ProblemResult>> PutAsync(
        [Description("The product's id.")] string id,
        ProductBody body,
        [AsParameters] Preconditions preconditions,
        IProductStore products,
        HttpResponse response,
        CancellationToken ct)
    {
        if ((preconditions.Read(out var ifMatch) ?? Elements.Check("/categories", body.Categories)
            ?? Elements.Check("/attributes", body.Attributes!)
            ?? Elements.Check("/components", body.Components)) is { } problem)
        {
            return (ProblemResult)problem;
        }
        var answer = await products.PutAsync(body.ToProduct(id), ifMatch, ct);
        return answer.Is(out var product, out var refusal)
            ? Answer(product, response)
            : (ProblemResult)refusal.ToProblem();
    }

    private static Ok<ProductActivity> GetActivity(
        [Description("The product's id.")] string id, ProductSummary summary)
    {
        var counts = summary.Read(new Sku(id));
        return TypedResults.Ok(new ProductActivity(id, counts.Views, counts.Carts,
            counts.Purchases, counts.UnitsSold, counts.UnitsRefunded));
    }

    private static Ok<ProductView> Answer(Product product, HttpResponse response)
    {
        response.Headers.ETag = RequestConditions.ToTag(product.Version);
        return TypedResults.Ok(ProductView.Of(product));
    }
}
