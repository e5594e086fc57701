using System.Globalization;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Simulation;

public sealed class ShopperBehaviourTests
{
    private const int Count = 200_000;

    private static readonly Lazy<CommerceEvent[]> Stream =
        new(() => [.. Shop.Seeded(1).Events(Count)]);

    [Fact]
    public void The_funnel_narrows_and_most_carts_are_abandoned()
    {
        var sessions = Stream.Value
            .Where(e => e.Session is not null)
            .GroupBy(e => e.Session, e => e.Name)
            .Select(session => session.ToHashSet())
            .ToArray();

        var viewing = sessions.Count(names => names.Contains(EventName.ViewItem));
        var adding = sessions.Where(names => names.Contains(EventName.AddToCart)).ToArray();
        var leaving = adding.Count(names => !names.Contains(EventName.Purchase));

        Assert.True(viewing > adding.Length * 2);
        Assert.InRange(leaving / (double)adding.Length, 0.5, 0.9);
    }

    [Fact]
    public void A_checkout_goes_through_its_steps_in_order()
    {
        EventName[] steps =
        [
            EventName.ViewCart, EventName.BeginCheckout, EventName.AddShippingInfo,
            EventName.AddPaymentInfo, EventName.Purchase,
        ];
        var before = new Dictionary<VisitorId, EventName>();

        foreach (var e in Stream.Value.Where(e => e.Name != EventName.Refund))
        {
            if (Array.IndexOf(steps, e.Name) is var step and > 0)
                Assert.Equal(steps[step - 1], before[e.Visitor]);
            before[e.Visitor] = e.Name;
        }
    }

    [Fact]
    public void Shoppers_come_back_and_new_ones_come()
    {
        var visitors = Stream.Value.GroupBy(e => e.Visitor).ToArray();

        Assert.InRange(Count / (double)visitors.Length, 18, 28);
        Assert.Contains(visitors, visits => visits.DistinctBy(e => e.Session).Count() > 4);
    }

    [Fact]
    public void A_shopper_looks_at_his_own_category_much_more_than_chance_would_have_it()
    {
        var population = new ShopperPopulation(Shop.Catalogue, new SimulatorOptions());
        var categories = Shop.Catalogue.Products.ToDictionary(p => p.Sku, p => p.Category);
        var views = Stream.Value
            .Where(e => e.Name == EventName.ViewItem)
            .Select(e => (
                population.Get(NumberOf(e.Visitor)).Favourite, Viewed: categories[e.Lines[0].Sku]))
            .ToArray();
        var favourites = views.CountBy(view => view.Favourite).ToDictionary();
        var viewed = views.CountBy(view => view.Viewed).ToDictionary();

        var own = views.Count(view => view.Favourite == view.Viewed);
        var byChance = favourites.Sum(
            pair => pair.Value / (double)views.Length * viewed.GetValueOrDefault(pair.Key));

        Assert.True(own > byChance * 2.5, $"{own} of {views.Length}; {byChance:0} by chance.");
    }

    [Fact]
    public void A_few_products_draw_most_of_the_views()
    {
        var views = Stream.Value
            .Where(e => e.Name == EventName.ViewItem)
            .CountBy(e => e.Lines[0].Sku)
            .Select(pair => pair.Value)
            .OrderDescending()
            .ToArray();

        Assert.InRange(views.Take(20).Sum() / (double)views.Sum(), 0.25, 0.75);
    }

    [Fact]
    public void The_evening_is_busier_than_the_night()
    {
        var byHour = Shop.With(new() { SessionsPerHour = 500, FlashSalesPerDay = 0 })
            .Events(Count)
            .TakeWhile(e => e.Time.Day == 1)
            .CountBy(e => e.Time.Hour)
            .ToDictionary();

        Assert.True(byHour[20] > byHour[3] * 4);
    }

    [Fact]
    public void Refunds_refer_to_earlier_orders_and_give_back_no_more_than_was_bought()
    {
        var orders = new Dictionary<OrderId, CommerceEvent>();
        var refunds = 0;

        foreach (var e in Shop.With(new() { ReturnShare = 0.5 }).Events(Count))
        {
            if (e.Name == EventName.Purchase) orders.Add(e.Order!.Value, e);
            if (e.Name != EventName.Refund) continue;

            refunds++;
            // Removed, so that an order is returned once.
            Assert.True(orders.Remove(e.Order!.Value, out var order), $"{e.Order} is unknown.");
            Assert.Equal(order.Visitor, e.Visitor);
            Assert.True(e.Time >= order.Time.AddHours(1));
            var bought = order.Lines.ToDictionary(line => line.Sku);
            Assert.NotEmpty(e.Lines);
            Assert.All(e.Lines, line =>
            {
                Assert.InRange(line.Quantity, 1, bought[line.Sku].Quantity);
                Assert.Equal(bought[line.Sku].UnitPrice, line.UnitPrice);
            });
        }

        Assert.True(refunds > 50);
    }

    [Fact]
    public void Some_shoppers_sign_in_and_some_sessions_have_no_id()
    {
        Assert.InRange(ShareOf(e => e.Customer is not null), 0.1, 0.4);
        Assert.InRange(ShareOf(e => e.Session is null), 0.05, 0.15);
        Assert.True(Stream.Value.Select(e => e.Region).Distinct().Count() > 3);
        Assert.True(Stream.Value.Select(e => e.Channel).Distinct().Count() > 1);
    }

    private static double ShareOf(Func<CommerceEvent, bool> which) =>
        Stream.Value.Count(which) / (double)Count;

    private static long NumberOf(VisitorId visitor) =>
        long.Parse(visitor.Value.Split('-')[^1], CultureInfo.InvariantCulture);
}
