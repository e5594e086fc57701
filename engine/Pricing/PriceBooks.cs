namespace StreamCommerce.Engine.Pricing;

/// <summary>The book that prices are made from.</summary>
public sealed class PriceBooks
{
    private volatile PriceBook _current = PriceBook.Empty;

    public PriceBook Current => _current;
}
