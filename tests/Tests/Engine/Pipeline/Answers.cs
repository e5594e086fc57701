using System.Globalization;
using StreamCommerce.Engine.Funnels;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Products;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Neighbours;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>All that a graph answers, as lines of text by product and visitor, not by number, so
/// that two graphs can be compared and a difference read.</summary>
internal static class Answers
{
    public static string[] Of(PartitionGraph graph)
    {
        var lines = new List<string>
        {
            $"repeated {graph.Deduplicator.Repeated}, late {graph.Clock.LateEvents}, " +
            $"latest {graph.Clock.Latest:O}, overflowed {graph.Products.Overflowed}",
        };
        foreach (var projection in graph.Projections)
        {
            lines.AddRange(projection switch
            {
                SalesProjection sales => Of(sales),
                SessionProjection sessions => [$"{sessions.Counts}"],
                FunnelProjection funnel => Of(funnel),
                ProductCountsProjection counts => OfProducts(graph, p => $"{counts[p]}"),
                TrendingProjection trending => OfProducts(graph, p => $"{trending[p].Log2:R}"),
                ProfileProjection profiles => Of(graph, profiles),
                CoVisitationProjection pairs => OfProducts(graph, p => Of(graph, pairs.Index, p)),
                BoughtTogetherProjection bought => OfProducts(graph, p =>
                    $"{bought.OrderCount} {bought.OrdersOf(p)} {Of(graph, bought.Index, p)}"),
                _ => [],
            });
        }
        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    public static (long[] Closed, long[] Open) SumOf(FunnelProjection funnel, DateTimeOffset from)
    {
        var closed = new long[FunnelProjection.Steps.Count];
        var open = new long[FunnelProjection.Steps.Count];
        funnel.Sum(from, closed, open);
        return (closed, open);
    }

    private static IEnumerable<string> Of(SalesProjection sales)
    {
        yield return $"orders {sales.Orders}, refunds {sales.Refunds}, " +
            $"customers {sales.Customers.Hashes.Count}, visitors {sales.Visitors.Hashes.Count}";
        foreach (var name in EventNames.All) yield return $"{name}: {sales.EventsOf(name)}";
        foreach (var source in sales.Sources) yield return $"{source}";
        foreach (var late in sales.Late) yield return $"late {late}";
        foreach (var month in sales.Months) yield return $"month {month}";
        foreach (var region in sales.Regions) yield return $"region {region}";
    }

    private static IEnumerable<string> Of(FunnelProjection funnel)
    {
        for (var hour = 0; hour < 24 * 30; hour++)
        {
            var (closed, open) = SumOf(funnel, RandomShop.Start.AddHours(hour - 48));
            yield return string.Create(CultureInfo.InvariantCulture,
                $"funnel {hour:0000}: {string.Join(' ', closed)} | {string.Join(' ', open)}");
        }
    }

    private static IEnumerable<string> OfProducts(PartitionGraph graph, Func<int, string> answer)
    {
        for (var product = 0; product < graph.Products.Count; product++)
            yield return $"{graph.Products[product]}: {answer(product)}";
    }

    private static string Of(PartitionGraph graph, CoVisitationIndex pairs, int product) =>
        $"{pairs.TotalOf(product):R}: " + string.Join(", ", pairs.Of(product)
            .Select(n => $"{graph.Products[n.Item]} {n.Weight:R}"));

    private static IEnumerable<string> Of(PartitionGraph graph, ProfileProjection profiles)
    {
        for (var i = 0; i < 500; i++)
        {
            var number = graph.Visitors.Find(new VisitorId($"v{i}"));
            if (number < 0) continue;
            yield return $"v{i}: " + string.Join(", ", profiles[number].ToArray()
                .Select(n => $"{n.Name} {graph.Products[n.Product]} {n.Ticks}"));
        }
    }
}
