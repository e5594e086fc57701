using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Products;

/// <summary>Answers for the whole shop from each partition's
/// <see cref="ProductCountsProjection"/>.</summary>
public sealed class ProductSummary(CommerceEngine engine)
{
    /// <summary>A product's counts; zeros where no event named it.</summary>
    public ProductCounts Read(Sku sku)
    {
        var sum = new ProductCounts();
        engine.ReadEach<ProductCountsProjection>((graph, counts) =>
        {
            var product = graph.Products.Find(sku);
            if (product >= 0) sum += counts[product];
        });
        return sum;
    }

    /// <summary>How many different products events have named. Walks them all: for reports.
    /// </summary>
    public int CountDistinct()
    {
        var skus = new HashSet<Sku>();
        engine.ReadEach<ProductCountsProjection>((graph, _) =>
        {
            foreach (var sku in graph.Products.All) skus.Add(sku);
        });
        return skus.Count;
    }
}
