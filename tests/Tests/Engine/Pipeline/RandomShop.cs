using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>
/// Invents a shop's events from a seed: few visitors and products, so that they meet often;
/// disorder up to the allowed lateness, so that sessions open, grow and join out of order.
/// </summary>
internal sealed record RandomShop(int Seed)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Regions = ["DE", "FR", ""];
    private static readonly Currency[] Currencies =
        [Currency.Of("EUR"), Currency.Of("GBP"), Currency.Of("JPY")];

    public int Visitors { get; init; } = 7;

    public int Products { get; init; } = 12;

    public int Sources { get; init; } = 1;

    /// <summary>Share of the events that carry a session id.</summary>
    public double NamedShare { get; init; } = 0.5;

    /// <summary>How far an event may come behind the latest; an hour is never late.</summary>
    public TimeSpan Disorder { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Share of the events that come a day late.</summary>
    public double LateShare { get; init; }

    /// <summary>Mean time between two events of the shop.</summary>
    public TimeSpan MeanStep { get; init; } = TimeSpan.FromMinutes(4);

    public CommerceEvent[] Events(int count)
    {
        var random = new Random(Seed);
        var clock = Start;
        var events = new CommerceEvent[count];
        for (var i = 0; i < count; i++)
        {
            clock += MeanStep * (-Math.Log(1 - random.NextDouble()));
            var time = clock - Disorder * (random.Next(3) == 0 ? random.NextDouble() : 0);
            if (random.NextDouble() < LateShare) time -= TimeSpan.FromDays(1);
            events[i] = Invent(random, i, time);
        }
        return events;
    }

    /// <summary>The events at the offsets that the log would give them.</summary>
    public static IEnumerable<LoggedEvent> Log(IEnumerable<CommerceEvent> events) =>
        events.Select((e, i) => new LoggedEvent(i, Start, e));

    private CommerceEvent Invent(Random random, int i, DateTimeOffset time)
    {
        var name = EventNames.All[random.Next(EventNames.All.Count)];
        var visitor = random.Next(Visitors);
        // One of two tabs; the names change by the hour, whatever the order of arrival.
        var session = $"s{visitor}-{time.UtcTicks / TimeSpan.TicksPerHour}-{random.Next(2)}";
        var isOrder = name is EventName.Purchase or EventName.Refund;
        return new CommerceEvent
        {
            Id = new($"e{i}"),
            Source = $"/shop/{random.Next(Sources)}",
            Name = name,
            Time = time,
            Visitor = new($"v{visitor}"),
            Session = random.NextDouble() < NamedShare ? new SessionId(session) : null,
            Customer = random.Next(3) == 0 ? new CustomerId($"c{random.Next(5)}") : null,
            Order = isOrder ? new OrderId($"o{i}") : null,
            Region = Regions[random.Next(Regions.Length)] is { Length: > 0 } region ? region : null,
            Lines = Lines(random, Currencies[random.Next(Currencies.Length)]),
            Parameters = isOrder && random.Next(3) == 0
                ? new Dictionary<string, string>
                { [CommerceEvent.OrderPartParameter] = $"{random.Next(1, 3)}" }
                : null,
        };
    }

    private EventLine[] Lines(Random random, Currency currency)
    {
        var lines = new EventLine[random.Next(1, 4)];
        for (var i = 0; i < lines.Length; i++)
        {
            var price = random.Next(4) == 0
                ? (Money?)null : new Money(random.Next(1, 100_000) / 100m, currency);
            lines[i] = new(new Sku($"p{random.Next(Products)}"), random.Next(1, 5), price);
        }
        return lines;
    }
}
