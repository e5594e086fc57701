using System.Globalization;

namespace StreamCommerce.Tests.Api.Events;

/// <summary>Events as a storefront writes them, each in one line.</summary>
internal static class EventTexts
{
    public static string View(
        string id,
        string visitor = "v",
        string product = "p",
        string time = "2024-05-01T10:00:00Z") =>
        Event(id, "view_item", time, $$"""
            "visitorId":"{{visitor}}","items":[{"productId":"{{product}}"}]
            """);

    public static string Purchase(
        string id,
        string order,
        decimal price,
        int quantity,
        string currency = "GBP",
        string region = "UK",
        string visitor = "v") =>
        Event(id, "purchase", "2011-11-05T10:00:00Z",
            $"""
            "visitorId":"{visitor}","customerId":"c","orderId":"{order}","region":"{region}",
            """ + string.Create(CultureInfo.InvariantCulture, $$"""
            "items":[{"productId":"p","quantity":{{quantity}},"price":{{price}},
            """) + $$"""
            "currency":"{{currency}}"}]
            """);

    public static string Batch(params IEnumerable<string> events) =>
        $"[{string.Join(',', events)}]";

    private static string Event(string id, string name, string time, string data) =>
        $$"""
        {"specversion":"1.0","id":"{{id}}","source":"/test","type":"{{name}}","time":"{{time}}",
        """ + $"\"data\":{{{data}}}}}";
}
