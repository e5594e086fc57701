using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Carts;

/// <summary>The id of a cart, 1 to <see cref="CartRules.IdLengthLimit"/> characters.</summary>
[JsonConverter(typeof(TextIdConverter<CartId>))]
public readonly record struct CartId(string Value) : ITextId<CartId>
{
    public static CartId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>Units of one product in a cart, from 1.</summary>
public readonly record struct CartLine(Sku Sku, int Quantity);

/// <summary>What a visitor means to buy. It has no prices: those are the catalogue's.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Visitor">Whose it is.</param>
/// <param name="Lines">In the order of their skus, each once.</param>
/// <param name="Version">Grows by one with every change; its ETag.</param>
/// <param name="UpdatedAt">When it last changed, by the store's clock.</param>
public sealed record Cart(
    CartId Id,
    VisitorId Visitor,
    IReadOnlyList<CartLine> Lines,
    long Version,
    DateTimeOffset UpdatedAt)
{
    /// <summary>Units of a product in the cart; 0 where it holds none.</summary>
    public int QuantityOf(Sku sku)
    {
        foreach (var line in Lines)
            if (line.Sku == sku) return line.Quantity;
        return 0;
    }
}
