using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Tests.Models.Trainer;

/// <summary>Events and interactions to train from.</summary>
internal static class TrainingSamples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public static CommerceEvent Event(
        string visitor, int minute, EventName name, params string[] skus) => new()
        {
            Id = new EventId($"{visitor}-{minute}"),
            Source = "/shop/web",
            Name = name,
            Time = Start.AddMinutes(minute),
            Visitor = new VisitorId(visitor),
            Order = name is EventName.Purchase or EventName.Refund
                ? new OrderId($"o-{visitor}-{minute}") : null,
            Lines = [.. skus.Select(sku => new EventLine(new Sku(sku), 1))],
        };

    /// <summary>
    /// Visitors of two tastes, who view items of their own half of the catalogue in a drawn order,
    /// a minute apart.
    /// </summary>
    public static CommerceEvent[] TwoTastes(
        int seed, int visitors = 160, int items = 40, int viewsEach = 12) =>
        Events(seed, visitors, viewsEach, visitor =>
            Enumerable.Range(0, items).Where(item => item % 2 == visitor % 2));

    /// <summary>The same of visitors who view whatever there is.</summary>
    public static CommerceEvent[] NoTaste(
        int seed, int visitors = 160, int items = 40, int viewsEach = 12) =>
        Events(seed, visitors, viewsEach, _ => Enumerable.Range(0, items));

    private static CommerceEvent[] Events(
        int seed, int visitors, int viewsEach, Func<int, IEnumerable<int>> ownOf)
    {
        var random = new Random(seed);
        var events = new List<CommerceEvent>();
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            var own = ownOf(visitor).ToArray();
            random.Shuffle(own);
            for (var i = 0; i < viewsEach; i++)
            {
                events.Add(Event($"v{visitor:D3}", (i * visitors) + visitor, EventName.ViewItem,
                    $"s{own[i]:D3}"));
            }
        }
        return [.. events.OrderBy(e => e.Time)];
    }

    public static TrainingData Data(IEnumerable<CommerceEvent> events)
    {
        var collector = new InteractionCollector();
        foreach (var e in events) collector.Add(e);
        return collector.Build();
    }

    /// <summary>A view of each item at each of the seconds.</summary>
    public static Interaction[] Views(params (int Item, double Time)[] views) =>
        [.. views.Select(view => new Interaction(view.Item, InteractionKind.View, view.Time))];
}
