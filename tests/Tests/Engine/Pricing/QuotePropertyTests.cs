using System.Text.Json;
using FsCheck.Xunit;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Storage.Sqlite;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pricing;

/// <summary>What holds for every basket and every book; both are made from a seed.</summary>
public sealed class QuotePropertyTests
{
    [Property(MaxTest = 2_000)]
    public void The_parts_are_rounded_and_add_up(int seed)
    {
        var shop = RandomPrices.Of(seed);

        shop.Book.Quote(shop.Input);
    }

    [Property(MaxTest = 500)]
    public void The_order_of_promotions_and_coupons_does_not_matter(int seed)
    {
        var shop = RandomPrices.Of(seed);
        var random = new Random(seed);
        var promotions = shop.Book.Promotions.ToArray();
        random.Shuffle(promotions);
        var codes = shop.Input.CouponCodes.ToArray();
        random.Shuffle(codes);

        AssertSame(shop.Book.Quote(shop.Input), (shop.Book with { Promotions = promotions })
            .Quote(shop.Input with { CouponCodes = codes }));
    }

    [Property(MaxTest = 500)]
    public void A_coupon_given_again_changes_nothing(int seed)
    {
        var shop = RandomPrices.Of(seed);
        string[] twice = [.. shop.Input.CouponCodes,
            .. shop.Input.CouponCodes.Select(code => code.ToLowerInvariant())];

        AssertSame(shop.Book.Quote(shop.Input),
            shop.Book.Quote(shop.Input with { CouponCodes = twice }));
    }

    [Property(MaxTest = 2_000)]
    public void One_more_coupon_never_costs_the_buyer_more(int seed)
    {
        var shop = RandomPrices.Of(seed);
        decimal? before = null;
        for (var count = 0; count <= shop.Input.CouponCodes.Count; count++)
        {
            var total = shop.Book.Quote(shop.Input with
            { CouponCodes = [.. shop.Input.CouponCodes.Take(count)] }).Total.Amount;
            Assert.False(total > before, $"{count} coupons: {total}, {before} without the last");
            before = total;
        }
    }

    [Property(MaxTest = 500)]
    public void A_stored_quote_reads_back_the_same(int seed)
    {
        var shop = RandomPrices.Of(seed);
        var quote = shop.Book.Quote(shop.Input);

        var read = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(quote, StoredJson.Default.Quote), StoredJson.Default.Quote)!;

        AssertSame(quote, read);
        Priced.CheckSums(read);
    }

    [Property(MaxTest = 1_000)]
    public void Split_amounts_add_up_and_no_part_exceeds_its_weight(int seed)
    {
        var random = new Random(seed);
        var weights = Enumerable.Range(0, random.Next(1, 8))
            .Select(_ => random.Next(3) == 0 ? 0 : random.NextInt64(1L << random.Next(1, 55)))
            .ToArray();
        var amount = random.NextInt64(weights.Sum() + 1);

        var parts = Apportionment.Split(amount, weights);

        Assert.Equal(amount, parts.Sum());
        Assert.All(parts.Zip(weights), both => Assert.InRange(both.First, 0, both.Second));
        Assert.All(parts.Zip(weights), both => Assert.InRange(
            (Int128)both.First * weights.Sum() - ((Int128)amount * both.Second),
            -(Int128)weights.Sum(), weights.Sum()));
    }

    private static void AssertSame(Quote expected, Quote actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
}
