using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

public sealed class PurchaseCreditsTests
{
    private readonly PurchaseCredits _credits = new();

    [Fact]
    public void An_earlier_purchase_that_comes_late_takes_the_click_of_a_later_one()
    {
        var click = Click(at: 1, answer: 1);
        _credits.Add(click);
        Assert.Equal(click, Assert.Single(_credits.Add(Purchase(at: 9)).Granted).Click);

        var changes = _credits.Add(Purchase(at: 5));

        Assert.Equal(9, Assert.Single(changes.Revoked).Purchase.Ticks);
        Assert.Equal(5, Assert.Single(changes.Granted).Purchase.Ticks);
    }

    [Fact]
    public void A_purchase_takes_the_last_click_that_no_earlier_one_has()
    {
        _credits.Add(Click(at: 1, answer: 1));
        _credits.Add(Click(at: 2, answer: 2));

        Assert.Equal(2, Assert.Single(_credits.Add(Purchase(at: 5)).Granted).Click.Ticks);
        Assert.Equal(1, Assert.Single(_credits.Add(Purchase(at: 6)).Granted).Click.Ticks);
        Assert.Empty(_credits.Add(Purchase(at: 7)).Granted);
    }

    [Fact]
    public void A_click_that_has_to_go_takes_along_what_is_credited_to_it()
    {
        _credits.Add(Click(at: 1, answer: 1));
        _credits.Add(Purchase(at: 5));

        for (var i = 0; i < PurchaseCredits.ClickLimit; i++)
            Unchanged(_credits.Add(Click(at: 2, answer: (ulong)i + 2, product: 8)));

        // What it was credited with is not free for another one.
        Unchanged(_credits.Add(Click(at: 3, answer: 99)));
        Assert.Equal(PurchaseCredits.ClickLimit, _credits.Count);
    }

    [Fact]
    public void A_purchase_that_has_to_go_takes_along_the_click_that_has_it()
    {
        _credits.Add(Click(at: 1, answer: 1));
        _credits.Add(Purchase(at: 5));

        for (var i = 0; i < PurchaseCredits.PurchaseLimit; i++)
            Unchanged(_credits.Add(Purchase(at: 6, product: 8)));

        Unchanged(_credits.Add(Purchase(at: 7)));
        Assert.Equal(PurchaseCredits.PurchaseLimit, _credits.Count);
    }

    [Fact]
    public void A_click_that_had_no_place_any_more_is_credited_with_nothing()
    {
        _credits.Add(Purchase(at: 5));

        Unchanged(_credits.CountClick(answer: 1, product: 7));
    }

    private static void Unchanged(CreditChanges changes)
    {
        Assert.Empty(changes.Revoked);
        Assert.Empty(changes.Granted);
    }

    private static ClickTrace Click(long at, ulong answer, int product = 7) =>
        new(at, product, answer, ArmSet: 0, RecommendationSource.Factors, IsCounted: true);

    private static PurchaseTrace Purchase(long at, int product = 7) => new(at, product, null);
}
