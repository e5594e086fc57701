using System.Text;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Storage.Files;
using Xunit;
using static StreamCommerce.Tests.Engine.Pricing.Priced;

namespace StreamCommerce.Tests.Engine.Pricing;

public sealed class PriceBookTests
{
    private const string Full = """
        {
          // what the shop gives
          "defaultDestination": { "country": "DE" },
          "promotions": [
            { "id": "ten", "kind": "percentage", "percent": 10, "coupon": "TEN", "totalUses": 5 },
            { "id": "b2g1", "kind": "buyXGetY", "buy": 2, "get": 1, "categories": ["tea"],
              "from": "2026-01-01T00:00:00Z", "exclusive": true, "priority": 3 },
            { "id": "five", "kind": "amountOffOrder", "amount": 5, "minimumSubtotal": 30,
              "currency": "EUR" },
          ],
          "taxes": [ { "area": "DE", "rate": 19, "included": true, "categories": { "tea": 7 } } ],
          "shipping": [ { "id": "post", "areas": ["DE"], "currency": "EUR", "by": "units",
            "steps": [ { "from": 0, "amount": 4.90 } ], "freeFrom": 50 } ]
        }
        """;

    [Fact]
    public void A_written_book_reads_back_with_the_same_version()
    {
        var (book, fault) = Parse(Full);
        Assert.Null(fault);

        var (again, _) = PriceBookJson.Parse(PriceBookJson.Write(book!));

        Assert.Equal(PriceBookJson.Write(book!), PriceBookJson.Write(again!));
        Assert.Equal(book!.Version, again!.Version);
        Assert.NotEqual(0, book.Version);
        Assert.Empty(book.Promotions[0].Skus);
        Assert.Equal(ShippingMeasure.Units, book.Shipping[0].By);
    }

    [Fact]
    public void An_empty_object_is_the_empty_book()
    {
        var (book, _) = Parse("{}");

        Assert.True(book!.IsEmpty);
        Assert.Equal(0, book.Version);
    }

    [Theory]
    [InlineData("""{"promotions":[{"id":"a","kind":"percentage","percent":101}]}""",
        "/promotions/0/percent")]
    [InlineData("""{"promotions":[{"id":"a","kind":"percentage","persent":10}]}""",
        "/promotions/0/persent")]
    [InlineData("""{"promotions":[{"id":"a","kind":"gift"}]}""", "/promotions/0/kind")]
    [InlineData("""{"promotions":[{"kind":"freeShipping"}]}""", "/promotions/0")]
    [InlineData("""{"promotions":[null]}""", "/promotions/0")]
    [InlineData("""{"promotions":[{"id":"a","kind":"freeShipping","percent":5}]}""",
        "/promotions/0/percent")]
    [InlineData("""{"promotions":[{"id":"a","kind":"freeShipping","totalUses":5}]}""",
        "/promotions/0/coupon")]
    [InlineData("""{"promotions":[{"id":"a","kind":"amountOffOrder","amount":5}]}""",
        "/promotions/0/currency")]
    [InlineData("""
        {"promotions":[{"id":"a","kind":"amountOffOrder","amount":0.5,"currency":"JPY"}]}
        """, "/promotions/0/amount")]
    [InlineData("""
        {"promotions":[{"id":"a","kind":"freeShipping"},{"id":"a","kind":"freeShipping"}]}
        """, "/promotions/1/id")]
    [InlineData("""{"promotions":[{"id":"a","kind":"buyXGetY","buy":2}]}""", "/promotions/0/get")]
    [InlineData("""{"taxes":[{"area":"Germany","rate":19}]}""", "/taxes/0/area")]
    [InlineData("""{"taxes":[{"area":"DE","rate":19,"categories":{"tea":-1}}]}""",
        "/taxes/0/categories/tea")]
    [InlineData("""{"shipping":[{"id":"a","currency":"EUR","steps":[]}]}""", "/shipping/0/steps")]
    [InlineData("""
        {"shipping":[{"id":"a","currency":"EUR","steps":[{"from":5,"amount":1},
        {"from":5,"amount":2}]}]}
        """, "/shipping/0/steps/1/from")]
    [InlineData("""{"defaultDestination":{"country":"de"}}""", "/defaultDestination/country")]
    [InlineData("""{"promotions":[""", "")]
    public void What_is_wrong_is_named_by_its_path(string text, string path)
    {
        var (book, fault) = Parse(text);

        Assert.Null(book);
        Assert.Equal(path, fault!.Path);
    }

    [Fact]
    public void A_quote_is_stored_in_few_bytes()
    {
        var quote = PriceBook.Empty.Quote(Basket(Line("tea", 2, 4.5m)));

        Assert.Equal(
            """{"currency":"EUR","lines":[{"sku":"tea","title":"The tea","quantity":2,""" +
            "\"unitPrice\":4.5,\"subtotal\":9.0,\"total\":9.0}]," +
            "\"subtotal\":9.0,\"total\":9.0}",
            System.Text.Json.JsonSerializer.Serialize(quote));
    }

    private static (PriceBook? Book, DocumentFault? Fault) Parse(string text) =>
        PriceBookJson.Parse(Encoding.UTF8.GetBytes(text));
}
