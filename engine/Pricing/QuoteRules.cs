using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>The rules of prices. Pure: the same input gives the same quote, digit by digit.
/// </summary>
public static class QuoteRules
{
    /// <summary>
    /// What a quote may come to before discounts: above it, an overflow or a typing error. In
    /// minor units of any currency, with tax, it stays inside 64 bits.
    /// </summary>
    public const decimal AmountLimit = 1_000_000_000_000_000m;

    /// <summary>Coupons of an order: every choice among them is tried, which are 32.</summary>
    public const int CouponCountLimit = 5;

    /// <summary>Prices the lines, or says why not.</summary>
    /// <param name="input">What is bought.</param>
    /// <param name="book">A valid book.</param>
    /// <param name="couponUses">
    /// The uses of <see cref="CouponRules.LimitedPromotions"/>; one that is missing has none.
    /// </param>
    /// <param name="now">The shop's clock.</param>
    public static Answer<Quote> Calculate(
        QuoteInput input, PriceBook book, IReadOnlyList<CouponCount> couponUses, DateTimeOffset now)
    {
        if (!Measure(input, book).Is(out var basket, out var refusal)) return refusal;
        Deal? deal = null;
        IReadOnlyList<ValidCoupon> coupons = [];
        if (input.CouponCodes.Count > 0)
        {
            if (!CouponCodes.Read(basket, book, couponUses, now).Is(out var valid, out var no))
                return no;
            coupons = valid;
        }
        if (book.Promotions.Count > 0)
            deal = PromotionChoice.Choose(basket, book, coupons, now);
        return Write(basket, book, deal, coupons);
    }

    private static Answer<Basket> Measure(QuoteInput input, PriceBook book)
    {
        var to = input.Destination ?? book.DefaultDestination;
        if (CheckDestination(to, book) is { } nowhere) return nowhere;
        var subtotals = new long[input.Lines.Count];
        var sum = 0m;
        for (var i = 0; i < subtotals.Length; i++)
        {
            var line = input.Lines[i];
            if (CheckLine(line, input.Currency) is { } wrong) return wrong;
            var subtotal = (line.UnitPrice * line.Quantity).Round().Amount;
            sum += subtotal;
            if (sum > AmountLimit)
            {
                return new Refusal(RefusalCode.Invalid,
                    $"an order comes to at most {AmountLimit} {input.Currency}.");
            }
            subtotals[i] = Basket.ToMinor(subtotal, input.Currency);
        }
        var (method, amount, refusal) = ShippingRules.Choose(input, book, to, sum);
        if (refusal is not null) return refusal;
        return new Basket
        {
            Input = input,
            Subtotals = subtotals,
            Subtotal = Basket.ToMinor(sum, input.Currency),
            Method = method,
            ShippingAmount = Basket.ToMinor(amount, input.Currency),
            Area = to is null ? null : TaxRules.Find(book.Taxes, to),
        };
    }

    private static Refusal? CheckDestination(Destination? to, PriceBook book)
    {
        if (to is null)
        {
            return book.Taxes.Count == 0 && book.Shipping.Count == 0
                ? null
                : new(RefusalCode.DestinationRequired,
                    "Tax and shipping depend on where it is sent to: give a country.");
        }
        return Areas.IsCountry(to.Country)
            ? null
            : new(RefusalCode.Invalid,
                "the country must be two capital letters of ISO 3166-1, such as DE.");
    }

    private static Refusal? CheckLine(in PricedLine line, Currency currency)
    {
        if (line.UnitPrice.Currency != currency)
        {
            return new(RefusalCode.CurrencyMismatch,
                $"{line.Sku} is priced in {line.UnitPrice.Currency}, not in {currency}.");
        }
        if (line.Quantity < 1)
        {
            return new(RefusalCode.InvalidQuantity, $"{line.Sku}: at least one unit is needed.")
            { Lines = [new(line.Sku, line.Quantity)] };
        }
        return line.UnitPrice.Amount is < 0 or > EventRules.PriceLimit
            ? new(RefusalCode.Invalid,
                $"the price of {line.Sku} must be 0 to {EventRules.PriceLimit}.")
            : null;
    }

    private static Quote Write(
        Basket basket, PriceBook book, Deal? deal, IReadOnlyList<ValidCoupon> coupons)
    {
        var zero = Money.Zero(basket.Input.Currency);
        var (subtotal, discount, tax, total) = (zero, zero, zero, zero);
        var lines = new QuoteLine[basket.Subtotals.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = WriteLine(basket, i, deal?.Discounts[i] ?? 0);
            lines[i] = line;
            subtotal += line.Subtotal;
            discount += line.Discount;
            tax += line.Tax;
            total += line.Total;
        }
        var shipping = WriteShipping(basket, deal?.ShippingDiscount ?? 0);
        return new Quote
        {
            Currency = basket.Input.Currency,
            Lines = lines,
            Promotions = WritePromotions(basket, deal),
            UnusedCoupons = ListUnused(deal, coupons),
            Shipping = shipping,
            TaxIncluded = basket.Area is { Included: true },
            Subtotal = subtotal,
            DiscountTotal = discount,
            ShippingTotal = shipping?.Total ?? zero,
            TaxTotal = shipping is null ? tax : tax + shipping.Tax,
            Total = shipping is null ? total : total + shipping.Total,
            PriceBookVersion = book.Version,
        };
    }

    private static QuoteLine WriteLine(Basket basket, int i, long off)
    {
        var line = basket.Lines[i];
        var subtotal = (line.UnitPrice * line.Quantity).Round();
        var discount = basket.ToMoney(off);
        var tax = basket.ToMoney(basket.TaxOf(i, basket.Subtotals[i] - off));
        var total = subtotal - discount;
        if (basket.Area is { Included: false }) total += tax;
        return new(line.Sku, line.Title, line.Quantity, line.UnitPrice, subtotal, discount, tax,
            total);
    }

    private static QuotedShipping? WriteShipping(Basket basket, long off)
    {
        if (basket.Method is not { } method) return null;
        var price = basket.ShippingAmount - off;
        var tax = basket.ShippingTaxOf(price);
        var added = basket.Area is { Included: false } ? tax : 0;
        return new(method.Id, basket.ToMoney(basket.ShippingAmount), basket.ToMoney(off),
            basket.ToMoney(tax), basket.ToMoney(price + added));
    }

    private static AppliedPromotion[] WritePromotions(Basket basket, Deal? deal)
    {
        if (deal is null || deal.Applied.Count == 0) return [];
        var written = new AppliedPromotion[deal.Applied.Count];
        for (var i = 0; i < written.Length; i++)
        {
            var (promotion, amount) = deal.Applied[i];
            written[i] = new(promotion.Id, promotion.Coupon, basket.ToMoney(amount),
                promotion.TotalUses, promotion.UsesPerCustomer);
        }
        return written;
    }

    private static IReadOnlyList<string> ListUnused(Deal? deal, IReadOnlyList<ValidCoupon> coupons)
    {
        if (coupons.Count == 0) return [];
        return [.. coupons
            .Where(coupon => deal is null || !deal.Applied.Exists(one =>
                CouponRules.IsSame(coupon.Code, one.Promotion.Coupon)))
            .Select(coupon => coupon.Code)];
    }
}
