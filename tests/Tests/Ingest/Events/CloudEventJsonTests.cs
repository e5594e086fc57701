using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Events;

public sealed class CloudEventJsonTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static string Golden(string name) => File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "Ingest", "Events", name)).TrimEnd();

    private static CommerceEvent Read(string json) =>
        TryRead(json, out var problem) ?? throw new InvalidOperationException(problem!.ToString());

    private static CommerceEvent? TryRead(string json, out EventProblem? problem) =>
        CloudEventJson.Read(Encoding.UTF8.GetBytes(json), Now, TimeSpan.FromDays(30), out problem);

    private static string Changed(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Golden("purchase.golden.json"))!.AsObject();
        change(json);
        return json.ToJsonString();
    }

    private static JsonObject Item(JsonObject json) => json["data"]!["items"]![0]!.AsObject();

    [Theory]
    [InlineData("purchase.golden.json")]
    [InlineData("view_item.golden.json")]
    public void The_wire_form_is_the_one_that_the_golden_file_pins(string name) =>
        Assert.Equal(Golden(name), CloudEventJson.ToText(Read(Golden(name))));

    [Fact]
    public void A_purchase_keeps_every_field()
    {
        var e = Read(Golden("purchase.golden.json"));

        Assert.Equal(EventName.Purchase, e.Name);
        Assert.Equal(new VisitorId("visitor-7"), e.Visitor);
        Assert.Equal(new CustomerId("customer-3"), e.Customer);
        Assert.Equal(new SessionId("session-9"), e.Session);
        Assert.Equal(new OrderId("order-1001"), e.Order);
        Assert.Equal(new Money(12.90m, Currency.Of("EUR")), e.Lines[0].UnitPrice);
        Assert.Equal(2, e.Lines[0].Quantity);
        Assert.Equal("SPRING", e.Parameters!["coupon"]);
    }

    [Fact]
    public void Unknown_fields_survive_the_log_and_the_way_back()
    {
        var e = Read(Golden("purchase.golden.json"));
        var buffer = new ArrayBufferWriter<byte>();
        EventCodec.Write(buffer, e);

        var read = EventCodec.Read(buffer.WrittenSpan, new TextPool());

        Assert.Equal(Golden("purchase.golden.json"), CloudEventJson.ToText(read));
        Assert.Contains("traceparent", read.UnknownAttributes!.Keys);
        Assert.Contains("loyaltyTier", read.UnknownData!.Keys);
        Assert.Contains("color", read.Lines[0].Unknown!.Keys);
    }

    public static TheoryData<string, string> BadEvents => new()
    {
        { "/specversion", Changed(e => e["specversion"] = "0.3") },
        { "/dataschema", Changed(e => e["dataschema"] = "urn:streamcommerce:commerce-event:2") },
        { "/datacontenttype", Changed(e => e["datacontenttype"] = "text/xml") },
        { "/type", Changed(e => e["type"] = "page_view") },
        { "/id", Changed(e => e.Remove("id")) },
        { "/source", Changed(e => e["source"] = "") },
        { "/time", Changed(e => e.Remove("time")) },
        { "/time", Changed(e => e["time"] = "2026-03-01T12:06:00Z") },
        { "/time", Changed(e => e["time"] = "2026-01-01T00:00:00Z") },
        { "/time", Changed(e => e["time"] = "yesterday") },
        { "/data", Changed(e => e.Remove("data")) },
        { "/data/visitorId", Changed(e => e["data"]!["visitorId"] = new string('v', 129)) },
        { "/data/orderId", Changed(e => e["data"]!.AsObject().Remove("orderId")) },
        { "/data/items", Changed(e => e["data"]!["items"] = new JsonArray()) },
        { "/data/items/0/productId", Changed(e => Item(e).Remove("productId")) },
        { "/data/items/0/quantity", Changed(e => Item(e)["quantity"] = -1) },
        { "/data/items/0/quantity", Changed(e => Item(e)["quantity"] = "two") },
        { "/data/items/0/quantity", Changed(e => Item(e)["quantity"] = 1.5) },
        { "/data/items/0/price", Changed(e => Item(e)["price"] = -0.01) },
        { "/data/items/0/currency", Changed(e => Item(e)["currency"] = "EURO") },
        { "/data/items/0/currency", Changed(e => Item(e).Remove("currency")) },
        { "/data/items/1/currency", Changed(e => e["data"]!["items"]![1]!["currency"] = "USD") },
        { "/data/parameters/coupon",
            Changed(e => e["data"]!["parameters"]!["coupon"] = new string('x', 501)) },
        { "", "{" },
        { "", "[]" },
        { "", "null" },
    };

    [Theory]
    [MemberData(nameof(BadEvents))]
    public void A_bad_field_is_named_by_its_pointer(string field, string json)
    {
        Assert.Null(TryRead(json, out var problem));
        Assert.Equal(field, problem!.Field);
        Assert.NotEmpty(problem.Detail);
    }

    [Fact]
    public void An_event_over_64_KiB_is_refused()
    {
        var json = Changed(e => e["data"]!["note"] = new string('x', EventRules.EventBytesLimit));

        Assert.Null(TryRead(json, out var problem));
        Assert.Contains("65536", problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_200_items_are_refused()
    {
        var json = Changed(e => e["data"]!["items"] = new JsonArray(
            [.. Enumerable.Range(0, 201).Select(i => new JsonObject { ["productId"] = $"P{i}" })]));

        Assert.Null(TryRead(json, out var problem));
        Assert.Equal("/data/items", problem!.Field);
    }

    [Theory]
    [InlineData("/data/parameters/coupon", "SPRING", "\\ud800")]
    [InlineData("/data/parameters/coupon", "SPRING", "\\udc00\\ud800")]
    [InlineData("/data/parameters/coupon", "SPRING", "\u00e9")]
    [InlineData("/data/visitorId", "visitor-7", "\\uD83D!")]
    [InlineData("/note", "\"id\":", "\"note\":\"\\ud800\",\"id\":")]
    [InlineData("/note/1/deep", "\"id\":", "\"note\":[[1],{\"deep\":\"\u00e9\"}],\"id\":")]
    [InlineData("", "\"id\":", "\"\\udfff\":1,\"id\":")]
    [InlineData("/data", "\"visitorId\":", "\"\u00e9\":1,\"visitorId\":")]
    [InlineData("/data/items/0/color", "\"productId\":", "\"color\":\"\\ud800\",\"productId\":")]
    public void Text_that_cannot_be_decoded_is_refused_with_its_field(
        string field, string text, string changed)
    {
        var golden = Golden("purchase.golden.json");
        var at = golden.IndexOf(text, StringComparison.Ordinal);
        byte[] json = [.. Encoding.UTF8.GetBytes(golden[..at]),
            // No UTF-8 where it is not escaped.
            .. Encoding.Latin1.GetBytes(changed),
            .. Encoding.UTF8.GetBytes(golden[(at + text.Length)..])];

        Assert.Null(CloudEventJson.Read(json, Now, null, out var problem));

        Assert.Equal(field, problem!.Field);
        Assert.Contains("decoded", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1e999")]
    [InlineData("[[],{},null,true,-0.0]")]
    [InlineData("\"\\ud83d\\ude00 \\u0000 \\\" \\\\\"")]
    [InlineData("{\"a\":{\"\\u00e9\":\"\"}}")]
    public void Whatever_is_read_can_be_written_and_read_again(string unknown)
    {
        var golden = Golden("purchase.golden.json");
        foreach (var place in new[] { "\"id\":", "\"visitorId\":", "\"productId\":" })
        {
            var at = golden.IndexOf(place, StringComparison.Ordinal);
            var e = Read(golden[..at] + $"\"unknown\":{unknown}," + golden[at..]);
            var buffer = new ArrayBufferWriter<byte>();
            EventCodec.Write(buffer, e);

            var text = CloudEventJson.ToText(EventCodec.Read(buffer.WrittenSpan, new TextPool()));

            Assert.Equal(text, CloudEventJson.ToText(Read(text)));
        }
    }
}
