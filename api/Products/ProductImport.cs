using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Products;

/// <summary><c>POST /v1/products/import</c>: many products at once, from NDJSON or CSV.</summary>
internal static class ProductImport
{
    private const int BytesLimit = EventRules.BatchBytesLimit;
    private const string Lines = "application/x-ndjson";
    private const string Csv = "text/csv";

    private const string LinesExample =
        """{"id":"mug","title":"Mug","price":{"amount":4.99,"currency":"EUR"}}""" + "\n";

    private const string CsvExample =
        "id,title,price,currency,categories,attribute.colour\nmug,Mug,4.99,EUR,kitchen|gifts,red\n";

    public static void MapProductImport(this IEndpointRouteBuilder products) => products
        .MapPost("/import", ImportAsync)
        .WithBodyLimit(BytesLimit)
        .WithBodyTypes((Lines, LinesExample), (Csv, CsvExample))
        .WithName("importProducts")
        .WithSummary("Adds or replaces many products")
        .WithDescription("NDJSON, a product a line, or CSV with the header id, title, price, " +
            "currency and optionally description, brand, categories (separated by |) and " +
            "attribute.NAME. At most 8 MiB, optionally with Content-Encoding: gzip. Bad rows are " +
            "listed with their lines and do not spoil the others; each " +
            "1,000 rows are stored in one commit. Importing again changes nothing.")
        .WithProblems(400, 413, 415, 503);

    private static async Task<Results<Ok<ImportReceipt>, ProblemResult>> ImportAsync(
        HttpRequest request, IProductStore products, CancellationToken ct)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (type is not (Lines or Csv))
        {
            return (ProblemResult)(FaultProblems.OfStatus(415) with
            {
                Detail = $"'{type}' is not read here; send {Lines} or {Csv}.",
            });
        }
        using var body = await PooledBody.ReadAsync(request, BytesLimit, ct);
        var rows = new ImportRows();
        if (type == Csv) ProductCsv.Read(body.Bytes, rows);
        else ProductLines.Read(body.Bytes.Span, rows);
        if (rows.Products.Count == 0 && rows.RefusedCount > 0)
            return (ProblemResult)NoneTaken(rows);
        return await StoreAsync(products, rows, ct);
    }

    private static async Task<Results<Ok<ImportReceipt>, ProblemResult>> StoreAsync(
        IProductStore products, ImportRows rows, CancellationToken ct)
    {
        int added = 0, changed = 0, unchanged = 0;
        foreach (var chunk in rows.Products.Chunk(ProductRules.ImportCountLimit))
        {
            var answer = await products.ImportAsync(chunk, ct);
            if (!answer.Is(out var counts, out var refusal))
                return (ProblemResult)refusal.ToProblem();
            added += counts.Added;
            changed += counts.Changed;
            unchanged += counts.Unchanged;
        }
        return TypedResults.Ok(new ImportReceipt(
            added, changed, unchanged, rows.RefusedCount, rows.Refused));
    }

    private static Problem NoneTaken(ImportRows rows) => Problem.Of(
        400, "rows-refused", "No row was taken",
        $"All {rows.RefusedCount} rows were refused; the first: line {rows.Refused[0].Line}: " +
        $"{rows.Refused[0].Detail}") with
    {
        Refused = rows.Refused,
    };
}

/// <summary>The rows of an import, checked one by one.</summary>
internal sealed class ImportRows
{
    // Enough to see what is wrong; a file of another kind has as many as it has lines.
    private const int ListedLimit = 1_000;

    private readonly List<RefusedEntry> _refused = [];

    /// <summary>The valid ones, in order.</summary>
    public List<Product> Products { get; } = [];

    /// <summary>The others, the first of them.</summary>
    public IReadOnlyList<RefusedEntry> Refused => _refused;

    /// <summary>How many others there are.</summary>
    public int RefusedCount { get; private set; }

    /// <summary>Takes a product where it keeps the catalogue's rules.</summary>
    public void Add(long line, Product product)
    {
        if (ProductRules.Check(product) is { } refusal)
            Refuse(line, product.Sku.Value, "", refusal.Detail);
        else Products.Add(product);
    }

    public void Refuse(long line, string? id, string field, string detail)
    {
        RefusedCount++;
        if (_refused.Count < ListedLimit)
            _refused.Add(new RefusedEntry(null, line, id, field, detail));
    }
}
