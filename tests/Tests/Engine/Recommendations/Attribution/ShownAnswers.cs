using System.Text.Json;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

/// <summary>Makes answers' ids, and the events that a storefront sends about them.</summary>
internal sealed class ShownAnswers
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private int _ids;
    private uint _answers;

    /// <summary>The id of an answer with products of one source each.</summary>
    public string Answer(
        string visitor, ArmName[] arms, params (string Sku, RecommendationSource Source)[] items) =>
        AnswerLabel.Write(new(visitor), Noon, ++_answers, [.. arms.Select(arm => arm.Tag)],
            [.. items.Select(item => new AnsweredItem(new(item.Sku), item.Source))]);

    public CommerceEvent Shown(string visitor, string? id, params string[] skus) =>
        Make(EventName.ViewItemList, visitor, id, 0, [.. skus.Select(Line)]);

    public CommerceEvent Clicked(string visitor, string? id, string sku, double minutes = 1) =>
        Make(EventName.SelectItem, visitor, id, minutes, [Line(sku)]);

    public CommerceEvent Bought(
        string visitor, double minutes, params (string Sku, int Units, decimal Price)[] lines) =>
        Make(EventName.Purchase, visitor, null, minutes, [.. lines.Select(line => new EventLine(
            new(line.Sku), line.Units, new Money(line.Price, Currency.Of("EUR"))))]) with
        { Order = new($"o{_ids}") };

    public CommerceEvent Make(
        EventName name, string visitor, string? id, double minutes, EventLine[] lines) => new()
        {
            Id = new($"e{++_ids}"),
            Source = "/shop/web",
            Name = name,
            Time = Noon.AddMinutes(minutes),
            Visitor = new(visitor),
            Lines = lines,
            Parameters = id is null ? null : new Dictionary<string, string>
            { [RecommendationMetricsProjection.ListId] = id },
        };

    public static EventLine LineOf(string sku, string id) => Line(sku) with
    {
        Unknown = new Dictionary<string, JsonElement>
        {
            [RecommendationMetricsProjection.ListId] =
                JsonElement.Parse(JsonSerializer.Serialize(id)),
        },
    };

    private static EventLine Line(string sku) => new(new(sku), 1);
}
