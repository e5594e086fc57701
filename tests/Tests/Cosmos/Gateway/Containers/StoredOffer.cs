using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// The throughput of a database or a container: a fixed number of request units a second, or a
/// highest one, down to a tenth of which the service scales by itself. Immutable.
/// </summary>
/// <param name="Number">From 1; its id.</param>
/// <param name="Resource">Self link of what it belongs to.</param>
/// <param name="ResourceId">The <c>_rid</c> of that.</param>
/// <param name="Throughput">RU/s.</param>
/// <param name="Highest">RU/s, or null where the throughput is fixed.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
internal sealed record StoredOffer(
    int Number, string Resource, string ResourceId, int Throughput, int? Highest, long Timestamp)
{
    private const int LeastFixed = 400;
    private const int LeastHighest = 1000;
    private const int FixedStep = 100;
    private const int HighestStep = 1000;
    private const int HighestRatio = 10;

    /// <summary>The SDK takes an offer's id for a resource id: 3 bytes, so 4 digits.</summary>
    public string Id => Number.ToString("x4", CultureInfo.InvariantCulture);

    /// <summary>What a create asked for in its headers, or null if nothing.</summary>
    /// <exception cref="GatewayException">Not a throughput that the service takes.</exception>
    public static StoredOffer? Requested(
        GatewayMessage message, int number, string resource, string resourceId, long now)
    {
        var autoscale = message.Header(HeaderNames.AutoscaleSettings);
        if (autoscale is not null)
        {
            var highest = (int?)JsonNode.Parse(autoscale)?["maxThroughput"] ?? 0;
            return Autoscale(number, resource, resourceId, highest, now);
        }

        return message.Number(HeaderNames.OfferThroughput) is { } throughput
            ? Fixed(number, resource, resourceId, throughput, now)
            : null;
    }

    /// <exception cref="GatewayException">Not a throughput that the service takes.</exception>
    public StoredOffer ReplacedBy(ReadOnlyMemory<byte> body, long now)
    {
        var content = JsonSerializer.Deserialize<JsonObject>(body.Span)?["content"]?.AsObject();
        var highest = (int?)content?["offerAutopilotSettings"]?["maxThroughput"];
        if (highest is { } rate)
        {
            return Autoscale(Number, Resource, ResourceId, rate, now);
        }

        if (Highest is not null)
        {
            throw GatewayException.NotSpoken("a change from autoscale to fixed throughput");
        }

        return Fixed(
            Number, Resource, ResourceId, (int?)content?["offerThroughput"] ?? 0, now);
    }

    public JsonObject Describe()
    {
        var content = new JsonObject { ["offerThroughput"] = Throughput };
        if (Highest is { } highest)
        {
            content["offerAutopilotSettings"] = new JsonObject { ["maxThroughput"] = highest };
        }

        return new JsonObject
        {
            ["id"] = Id,
            ["_rid"] = Id,
            ["_self"] = $"offers/{Id}/",
            ["_etag"] = $"\"{Number:x8}-0000-0000-0000-{Timestamp:x12}\"",
            ["_ts"] = Timestamp,
            ["resource"] = Resource,
            ["offerType"] = "Invalid",
            ["offerVersion"] = "V2",
            ["offerResourceId"] = ResourceId,
            ["content"] = content,
        };
    }

    private static StoredOffer Autoscale(
        int number, string resource, string resourceId, int highest, long now) =>
        highest >= LeastHighest && highest % HighestStep == 0
            ? new(number, resource, resourceId, highest / HighestRatio, highest, now)
            : throw GatewayException.BadRequest(
                $"An autoscale throughput is a multiple of {HighestStep}, and not {highest}.");

    private static StoredOffer Fixed(
        int number, string resource, string resourceId, int throughput, long now) =>
        throughput >= LeastFixed && throughput % FixedStep == 0
            ? new(number, resource, resourceId, throughput, null, now)
            : throw GatewayException.BadRequest(
                $"A throughput is at least {LeastFixed}, in steps of {FixedStep}, and not "
                + $"{throughput}.");
}
