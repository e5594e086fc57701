using System.Globalization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// Cuts an order into as few events as <see cref="EventRules.LineCountLimit"/> allows.
/// </summary>
internal static class OrderParts
{
    /// <summary>
    /// The order as it is where its lines fit into one event; else its parts, told apart by
    /// <see cref="CommerceEvent.OrderPartParameter"/> and by ids that end in <c>/1</c>,
    /// <c>/2</c>, ….
    /// </summary>
    /// <param name="order">Everything but the lines.</param>
    /// <param name="lines">All lines of the order.</param>
    public static IEnumerable<CommerceEvent> Cut(CommerceEvent order, List<EventLine> lines)
    {
        const int limit = EventRules.LineCountLimit;
        if (lines.Count <= limit)
        {
            yield return order with { Lines = [.. lines] };
            yield break;
        }
        for (var part = 1; (part - 1) * limit < lines.Count; part++)
        {
            var start = (part - 1) * limit;
            var number = part.ToString(CultureInfo.InvariantCulture);
            yield return order with
            {
                Id = new EventId($"{order.Id}/{number}"),
                Lines = [.. lines[start..Math.Min(start + limit, lines.Count)]],
                Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [CommerceEvent.OrderPartParameter] = number,
                },
            };
        }
    }
}
