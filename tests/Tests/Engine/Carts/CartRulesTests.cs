using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Carts;

public sealed class CartRulesTests
{
    private static readonly string LongId = new('i', CartRules.IdLengthLimit);

    [Fact]
    public void The_event_of_the_longest_ids_is_valid()
    {
        var decision = CartRules.Decide(null, Add("tea"), ShopFixture.Start).Value!;

        Assert.Null(EventRules.Check(decision.Event!, ShopFixture.Start, null));
    }

    [Fact]
    public void A_cart_holds_two_hundred_products_and_no_more()
    {
        Cart? cart = null;
        for (var i = 0; i < CartRules.LineCountLimit; i++)
            cart = CartRules.Decide(cart, Add($"p{i}"), ShopFixture.Start).Value!.Cart;

        Assert.Equal(RefusalCode.LineLimit,
            CartRules.Decide(cart, Add("one more"), ShopFixture.Start).Refusal!.Code);
        Assert.Equal(2, CartRules.Decide(cart, Add("p7"), ShopFixture.Start)
            .Value!.Cart.QuantityOf(new("p7")));
    }

    [Fact]
    public void What_changes_nothing_tells_nothing()
    {
        var remove = new RemoveFromCart(new("tea"))
        { Cart = new("c"), Visitor = new("v"), Operation = new("o") };

        Assert.Null(CartRules.Decide(null, remove, ShopFixture.Start).Value!.Event);
    }

    [Fact]
    public void Colons_in_ids_do_not_make_two_changes_one_event()
    {
        var first = Add("tea") with { Cart = new("a:b"), Operation = new("c") };
        var second = Add("tea") with { Cart = new("a"), Operation = new("b:c") };

        Assert.NotEqual(
            CartRules.Decide(null, first, ShopFixture.Start).Value!.Event!.Id,
            CartRules.Decide(null, second, ShopFixture.Start).Value!.Event!.Id);
    }

    private static AddToCart Add(string sku) => new(new(sku), 1)
    { Cart = new(LongId), Visitor = new("v"), Operation = new(LongId) };
}
