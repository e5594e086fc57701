using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

public sealed class RecommendationMetricsProjectionTests : IDisposable
{
    private static readonly Currency Euro = Currency.Of("EUR");
    private static readonly ArmName Control = new("e", "control");
    private static readonly ArmName Other = new("e", "other");

    private readonly GraphRun _run = new(build: _ => [new RecommendationMetricsProjection()]);
    private readonly ShownAnswers _shop = new();

    private RecommendationMetricsProjection Metrics =>
        _run.Get<RecommendationMetricsProjection>();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void A_product_of_an_answer_is_one_impression_and_one_click_however_often_it_is_sent()
    {
        var id = Answer("v", "mug", "plate");

        _run.Push(_shop.Shown("v", id, "mug", "plate"), _shop.Shown("v", id, "mug"),
            _shop.Clicked("v", id, "mug"),
            _shop.Make(EventName.ViewItem, "v", id, 2, [new(new("mug"), 1)]),
            _shop.Make(EventName.AddToCart, "v", id, 3, [new(new("mug"), 1)]));

        Assert.Equal((2, 1), Of(RecommendationSource.Factors));
        Assert.Equal(new ItemFeedback(1, 1), Metrics.Items[_run.Graph.Products.Find(new("mug"))]);
        Assert.Equal(new ItemFeedback(1, 0), Metrics.Items[_run.Graph.Products.Find(new("plate"))]);
    }

    [Fact]
    public void The_same_product_in_two_answers_is_two_impressions()
    {
        _run.Push(_shop.Shown("v", Answer("v", "mug"), "mug"),
            _shop.Shown("v", Answer("v", "mug"), "mug"));

        Assert.Equal((2, 0), Of(RecommendationSource.Factors));
    }

    [Fact]
    public void A_click_waits_for_its_impression()
    {
        var id = Answer("v", "mug");

        _run.Push(_shop.Clicked("v", id, "mug"));
        Assert.Equal((0, 0), Of(RecommendationSource.Factors));
        Assert.Equal(new UncountedEvents(0, 0, 1, 0), Metrics.Uncounted);
        _run.Restart(everything: false).Push(_shop.Shown("v", id, "mug"));

        Assert.Equal((1, 1), Of(RecommendationSource.Factors));
        Assert.Equal(default, Metrics.Uncounted);
    }

    [Fact]
    public void Each_product_is_credited_to_who_proposed_it()
    {
        var id = _shop.Answer("v", [],
            ("mug", RecommendationSource.Trending), ("plate", RecommendationSource.Sessions));

        _run.Push(_shop.Shown("v", id, "mug", "plate"), _shop.Clicked("v", id, "plate"));

        Assert.Equal((1, 0), Of(RecommendationSource.Trending));
        Assert.Equal((1, 1), Of(RecommendationSource.Sessions));
    }

    [Fact]
    public void An_items_own_id_goes_before_the_events()
    {
        var (first, second) = (Answer("v", "mug"),
            _shop.Answer("v", [], ("plate", RecommendationSource.Trending)));

        _run.Push(_shop.Make(EventName.ViewItemList, "v", first, 0,
            [new(new("mug"), 1), ShownAnswers.LineOf("plate", second)]));

        Assert.Equal((1, 0), Of(RecommendationSource.Factors));
        Assert.Equal((1, 0), Of(RecommendationSource.Trending));
    }

    [Fact]
    public void What_is_forged_or_garbled_is_counted_apart()
    {
        var id = Answer("v", "mug");

        _run.Push(_shop.Shown("other", id, "mug"), _shop.Clicked("v", id[..^3], "mug"),
            _shop.Shown("v", id, "plate"), _shop.Shown("v", "related_products", "mug"),
            _shop.Shown("v", null, "mug"));

        Assert.Empty(Metrics.Sources);
        Assert.Equal(new UncountedEvents(2, 1, 0, 0), Metrics.Uncounted);
        Assert.Empty(_run.Poison);
    }

    [Fact]
    public void What_an_id_has_no_room_for_is_no_forgery()
    {
        string[] skus = [.. Enumerable.Range(0, 70).Select(i => $"p{i}")];
        var id = Answer("v", skus);

        _run.Push(_shop.Shown("v", id, skus), _shop.Clicked("v", id, "p69"));

        Assert.Equal((64, 0), Of(RecommendationSource.Factors));
        Assert.Equal(new UncountedEvents(0, 0, 0, 6 + 1), Metrics.Uncounted);
        Assert.Equal(Metrics.Uncounted, _run.Restart(everything: true)
            .Get<RecommendationMetricsProjection>().Uncounted);
    }

    [Fact]
    public void A_click_in_the_first_of_many_tabs_counts()
    {
        string[] tabs = [.. Enumerable.Range(0, VisitorTrail.AnswerLimit)
            .Select(_ => Answer("v", "mug"))];
        foreach (var id in tabs) _run.Push(_shop.Shown("v", id, "mug"));

        _run.Push(_shop.Shown("v", tabs[0], "mug"), _shop.Clicked("v", tabs[0], "mug"));

        Assert.Equal((tabs.Length, 1), Of(RecommendationSource.Factors));
        Assert.Equal(default, Metrics.Uncounted);
    }

    [Fact]
    public void Of_too_many_answers_the_one_used_longest_ago_goes()
    {
        var (first, second) = (Answer("v", "mug"), Answer("v", "mug"));
        _run.Push(_shop.Shown("v", first, "mug"), _shop.Shown("v", second, "mug"));
        for (var i = 2; i < VisitorTrail.AnswerLimit; i++)
            _run.Push(_shop.Shown("v", Answer("v", "mug"), "mug"));

        // The first one is used again, so the next takes the place of the second.
        _run.Push(_shop.Shown("v", first, "mug"), _shop.Shown("v", Answer("v", "mug"), "mug"),
            _shop.Clicked("v", first, "mug"), _shop.Clicked("v", second, "mug"));

        Assert.Equal((VisitorTrail.AnswerLimit + 1, 1), Of(RecommendationSource.Factors));
        Assert.Equal(new UncountedEvents(0, 0, 1, 0), Metrics.Uncounted);
    }

    [Fact]
    public void A_purchase_within_a_day_is_credited_to_the_last_click()
    {
        var (first, last) = (Answer("v", "mug"),
            _shop.Answer("v", [], ("mug", RecommendationSource.Trending)));

        _run.Push(_shop.Shown("v", first, "mug"), _shop.Shown("v", last, "mug"),
            _shop.Clicked("v", first, "mug", minutes: 5),
            _shop.Clicked("v", last, "mug", minutes: 9),
            _shop.Bought("v", 60, ("mug", 2, 4.99m), ("spoon", 1, 1)));

        Assert.Equal(0, Sums(RecommendationSource.Factors).Conversions);
        var sums = Sums(RecommendationSource.Trending);
        Assert.Equal(1, sums.Conversions);
        Assert.Equal(9.98m, sums.Revenue[Euro].Amount);
        Assert.Equal(9.98 * 9.98, sums.Revenue[Euro].SumOfSquares, 1e-12);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(1, 1)]
    [InlineData(1 + (24 * 60), 1)]
    [InlineData(1.1 + (24 * 60), 0)]
    public void A_click_is_credited_for_a_day(double boughtAt, int conversions)
    {
        var id = Answer("v", "mug");

        _run.Push(_shop.Shown("v", id, "mug"), _shop.Clicked("v", id, "mug", minutes: 1),
            _shop.Bought("v", boughtAt, ("mug", 1, 5)));

        Assert.Equal(conversions, Sums(RecommendationSource.Factors).Conversions);
    }

    [Fact]
    public void A_click_is_credited_once_also_after_a_restart()
    {
        var id = Answer("v", "mug");
        _run.Push(_shop.Shown("v", id, "mug"), _shop.Clicked("v", id, "mug"))
            .Restart(everything: true).Push(_shop.Bought("v", 2, ("mug", 1, 5)))
            .Restart(everything: false).Push(_shop.Bought("v", 3, ("mug", 1, 5)));

        Assert.Equal(1, Sums(RecommendationSource.Factors).Conversions);
        Assert.Equal(5, Sums(RecommendationSource.Factors).Revenue[Euro].Amount);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(4, 0)]
    [InlineData(5 + (24 * 60), 1)]
    [InlineData(5.1 + (24 * 60), 0)]
    public void A_click_that_waited_for_its_impression_is_credited_by_its_own_time(
        double boughtAt, int conversions)
    {
        var id = Answer("v", "mug");

        _run.Push(_shop.Clicked("v", id, "mug", minutes: 5))
            .Restart(everything: false).Push(
                _shop.Make(EventName.ViewItemList, "v", id, 30, [new(new("mug"), 1)]),
                _shop.Bought("v", boughtAt, ("mug", 1, 5)));

        Assert.Equal(conversions, Sums(RecommendationSource.Factors).Conversions);
    }

    [Fact]
    public void A_purchase_that_overtook_its_click_is_credited_when_that_comes()
    {
        var id = _shop.Answer("v", [Control], ("mug", RecommendationSource.Factors));

        _run.Push(_shop.Shown("v", id, "mug"), _shop.Bought("v", 9, ("mug", 2, 5)))
            .Restart(everything: false).Push(_shop.Clicked("v", id, "mug", minutes: 8));

        Assert.Equal(1, Sums(RecommendationSource.Factors).Conversions);
        Assert.Equal(10, Sums(RecommendationSource.Factors).Revenue[Euro].Amount);
        Assert.Equal(1, Metrics.Arms[Control.Tag].Buyers);
    }

    [Fact]
    public void A_purchase_that_overtook_its_click_and_impression_is_credited_when_both_have_come()
    {
        var id = Answer("v", "mug");

        _run.Push(_shop.Bought("v", 9, ("mug", 1, 5)), _shop.Clicked("v", id, "mug", minutes: 8));
        Assert.Equal(0, Sums(RecommendationSource.Factors).Conversions);
        _run.Push(_shop.Shown("v", id, "mug"));

        Assert.Equal(1, Sums(RecommendationSource.Factors).Conversions);
    }

    [Fact]
    public void A_later_click_whose_event_comes_late_takes_the_credit_over()
    {
        var first = _shop.Answer("v", [Control], ("mug", RecommendationSource.Factors));
        var last = _shop.Answer("v", [Other], ("mug", RecommendationSource.Trending));

        _run.Push(_shop.Shown("v", first, "mug"), _shop.Shown("v", last, "mug"),
            _shop.Clicked("v", first, "mug", minutes: 1), _shop.Bought("v", 9, ("mug", 1, 5)),
            _shop.Clicked("v", last, "mug", minutes: 8));

        Assert.Equal(0, Sums(RecommendationSource.Factors).Conversions);
        Assert.Empty(Sums(RecommendationSource.Factors).Revenue);
        Assert.Equal(1, Sums(RecommendationSource.Trending).Conversions);
        Assert.Equal(5, Sums(RecommendationSource.Trending).Revenue[Euro].Amount);
        Assert.Equal((0, 1),
            (Metrics.Arms[Control.Tag].Buyers, Metrics.Arms[Other.Tag].Buyers));
    }

    [Fact]
    public void What_was_bought_without_a_click_is_credited_to_nobody()
    {
        _run.Push(_shop.Shown("v", Answer("v", "mug"), "mug"), _shop.Bought("v", 2, ("mug", 1, 5)));

        Assert.Equal(0, Sums(RecommendationSource.Factors).Conversions);
    }

    [Fact]
    public void An_arm_is_summed_up_over_its_visitors()
    {
        foreach (var (visitor, arm, clicks) in
            new[] { ("a", Control, 0), ("b", Control, 2), ("c", Other, 1) })
        {
            var id = _shop.Answer(visitor, [arm], ("mug", RecommendationSource.Factors),
                ("plate", RecommendationSource.Trending));
            _run.Push(_shop.Shown(visitor, id, "mug", "plate"));
            foreach (var sku in new[] { "mug", "plate" }.Take(clicks))
                _run.Push(_shop.Clicked(visitor, id, sku));
        }
        _run.Push(_shop.Bought("b", 5, ("mug", 1, 10)), _shop.Bought("b", 6, ("plate", 1, 20)));

        var sums = Metrics.Arms[Control.Tag];
        Assert.Equal(new(2, 4, 2, 8, 4, 4), sums.ByVisitor);
        Assert.Equal((4, 2, 2, 1), (sums.Impressions, sums.Clicks, sums.Conversions, sums.Buyers));
        // One buyer of two visitors: 30 squared, not 10 and 20.
        Assert.Equal(new CreditedRevenue(30, 900), sums.Revenue[Euro]);
        Assert.Equal(new(1, 2, 1, 4, 2, 1), Metrics.Arms[Other.Tag].ByVisitor);
    }

    [Fact]
    public void Of_a_visitor_that_is_forgotten_only_sums_remain()
    {
        var id = _shop.Answer("v", [Control], ("mug", RecommendationSource.Factors));
        _run.Push(_shop.Shown("v", id, "mug"), _shop.Clicked("v", id, "mug"));
        var visitor = _run.Graph.Visitors.Find(new("v"));
        Assert.Equal(3, Metrics.KeptOf(visitor));

        Metrics.Forget(visitor);

        Assert.Equal(0, Metrics.KeptOf(visitor));
        Assert.Equal((1, 1), Of(RecommendationSource.Factors));
        _run.Push(_shop.Bought("v", 5, ("mug", 1, 10)));
        Assert.Equal(0, Sums(RecommendationSource.Factors).Conversions);
    }

    private string Answer(string visitor, params string[] skus) =>
        _shop.Answer(visitor, [], [.. skus.Select(sku => (sku, RecommendationSource.Factors))]);

    private (long Impressions, long Clicks) Of(RecommendationSource source) =>
        (Sums(source).Impressions, Sums(source).Clicks);

    private SuccessSums Sums(RecommendationSource source) =>
        Metrics.Sources.FirstOrDefault(one => one.Source == source).Sums ?? new SuccessSums();
}
