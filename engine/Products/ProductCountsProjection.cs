using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Products;

/// <summary>How often a product was viewed, put into a cart and bought. Events, not units, except
/// the last two.</summary>
public record struct ProductCounts
{
    public long Views { get; set; }

    public long Carts { get; set; }

    /// <summary>Purchases that held the product.</summary>
    public long Purchases { get; set; }

    public long UnitsSold { get; set; }

    public long UnitsRefunded { get; set; }

    public static ProductCounts operator +(in ProductCounts left, in ProductCounts right) => new()
    {
        Views = left.Views + right.Views,
        Carts = left.Carts + right.Carts,
        Purchases = left.Purchases + right.Purchases,
        UnitsSold = left.UnitsSold + right.UnitsSold,
        UnitsRefunded = left.UnitsRefunded + right.UnitsRefunded,
    };
}

/// <summary>Counts view → cart → purchase of every product, over all time.</summary>
public sealed class ProductCountsProjection : IProjection
{
    private readonly DirtyNumbers _changed = new();
    private ProductCounts[] _counts = [];

    public string Name => "product-counts";

    public int Version => 1;

    /// <summary>A product's counts; zeros for a number never counted.</summary>
    public ProductCounts this[int product] =>
        (uint)product < (uint)_counts.Length ? _counts[product] : default;

    public void Apply(in StreamEvent e)
    {
        var name = e.Event.Name;
        if (name is not (EventName.ViewItem or EventName.AddToCart or EventName.Purchase
            or EventName.Refund)) return;
        for (var i = 0; i < e.Products.Length; i++)
        {
            var product = e.Products.Span[i];
            if (product < 0) continue;
            ref var counts = ref Touch(product);
            var units = e.Event.Lines[i].Quantity;
            switch (name)
            {
                case EventName.ViewItem:
                    counts.Views++;
                    break;
                case EventName.AddToCart:
                    counts.Carts++;
                    break;
                case EventName.Purchase:
                    counts.Purchases++;
                    counts.UnitsSold += units;
                    break;
                default:
                    counts.UnitsRefunded += units;
                    break;
            }
        }
    }

    public void Forget(int visitor)
    {
        // Counts are about products; nothing of a visitor is in them.
    }

    public int KeptOf(int visitor) => 0;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var product = 0; product < _counts.Length; product++)
                if (_counts[product] != default) _changed.Add(product);
        }
        output.WriteCount(_changed.Numbers.Length);
        foreach (var product in _changed.Numbers)
        {
            var counts = _counts[product];
            output.WriteProduct(product);
            output.WriteNumber((ulong)counts.Views);
            output.WriteNumber((ulong)counts.Carts);
            output.WriteNumber((ulong)counts.Purchases);
            output.WriteNumber((ulong)counts.UnitsSold);
            output.WriteNumber((ulong)counts.UnitsRefunded);
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var product = input.ReadProduct();
            var counts = new ProductCounts
            {
                Views = (long)input.ReadNumber(),
                Carts = (long)input.ReadNumber(),
                Purchases = (long)input.ReadNumber(),
                UnitsSold = (long)input.ReadNumber(),
                UnitsRefunded = (long)input.ReadNumber(),
            };
            // A limit of products that was lowered leaves some without a place.
            if (product >= 0) Touch(product) = counts;
        }
        _changed.Clear();
    }

    private ref ProductCounts Touch(int product)
    {
        Places.Ensure(ref _counts, product);
        _changed.Add(product);
        return ref _counts[product];
    }
}
