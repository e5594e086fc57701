using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Carts;

/// <summary>Takes visitors' wishes to the carts, with the catalogue at hand. Any thread.</summary>
public sealed class CartDesk(ICartStore carts, IProductStore products)
{
    /// <summary>The visitor's cart; an empty one where nothing was ever put in.</summary>
    public async ValueTask<Answer<Cart>> GetAsync(
        CartId id, VisitorId visitor, CancellationToken ct)
    {
        var cart = await carts.GetAsync(id, ct);
        if (CartRules.CheckOwner(cart, visitor) is { } refusal) return refusal;
        return cart ?? new Cart(id, visitor, [], 0, DateTimeOffset.UnixEpoch);
    }

    /// <summary>Puts further units of a known product into the cart.</summary>
    public async ValueTask<Answer<Cart>> AddAsync(AddToCart command, CancellationToken ct) =>
        await products.GetAsync(command.Sku, ct) is { } product
            ? await carts.ChangeAsync(command with { UnitPrice = product.Price }, ct)
            : Unknown(command.Sku, command.Quantity);

    /// <summary>Makes it so many units of a known product.</summary>
    public async ValueTask<Answer<Cart>> SetAsync(SetQuantity command, CancellationToken ct) =>
        await products.GetAsync(command.Sku, ct) is { } product
            ? await carts.ChangeAsync(command with { UnitPrice = product.Price }, ct)
            : Unknown(command.Sku, command.Quantity);

    /// <summary>Takes a product out, also one that the catalogue does not know.</summary>
    public ValueTask<Answer<Cart>> RemoveAsync(RemoveFromCart command, CancellationToken ct) =>
        carts.ChangeAsync(command, ct);

    /// <summary>Takes everything out.</summary>
    public ValueTask<Answer<Cart>> ClearAsync(ClearCart command, CancellationToken ct) =>
        carts.ChangeAsync(command, ct);

    private static Refusal Unknown(Sku sku, int quantity) =>
        new(RefusalCode.UnknownProduct, $"{sku} is not in the catalogue.")
        { Lines = [new(sku, quantity)] };
}
