using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Events;

public sealed class EventCodecTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CommerceEvent Minimal { get; } = new()
    {
        Id = new EventId("1"),
        Source = "/shop",
        Name = EventName.ViewCart,
        Time = Noon,
        Visitor = new VisitorId("v"),
    };

    private static CommerceEvent Rich { get; } = new()
    {
        Id = new EventId("0195515e-5c00-7000-8000-000000000001"),
        Source = "/shop/web",
        Name = EventName.Purchase,
        Time = Noon.AddTicks(1_234_567),
        Visitor = new VisitorId("besucher-ä"),
        Customer = new CustomerId("c-77"),
        Session = new SessionId("s-1"),
        Order = new OrderId("o-42"),
        Region = "DE",
        Channel = "web",
        Parameters = new Dictionary<string, string> { ["coupon"] = "frühling 🌷", ["empty"] = "" },
        UnknownAttributes = Json("""{"traceparent":"00-ab"}"""),
        UnknownData = Json("""{"weather":{"sun":true,"degrees":[21.5,null]}}"""),
        Lines =
        [
            new EventLine(new Sku("A"), 3, new Money(19.990m, Currency.Of("EUR"))),
            new EventLine(new Sku("B"), 1_000_000, new Money(0m, Currency.Of("EUR")),
                Json("""{"color":"red"}""")),
            new EventLine(new Sku("C"), 1),
            new EventLine(new Sku("D"), 1, new Money(decimal.MaxValue, Currency.Of("EUR"))),
        ],
    };

    [Theory]
    [InlineData("minimal")]
    [InlineData("rich")]
    public void The_stored_form_does_not_change(string name)
    {
        var e = name == "rich" ? Rich : Minimal;
        var golden = File.ReadAllBytes(Path.Combine(
            AppContext.BaseDirectory, "Ingest", "Events", $"{name}.golden.bin"));

        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(Write(e)));
        AssertSame(e, EventCodec.Read(golden, new TextPool()));
    }

    [Property(MaxTest = 500)]
    public void Whatever_an_event_holds_it_comes_back_as_it_was(
        NonNull<string> text, string? optional, decimal amount, int quantity, DateTime time,
        NonNull<string>[] names, byte present)
    {
        var currency = Currency.Of("JPY");
        var e = new CommerceEvent
        {
            Id = new EventId(Unicode(text.Get)),
            Source = Unicode(text.Get + "🛒"),
            Name = EventNames.All[present % EventNames.All.Count],
            Time = new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            Visitor = new VisitorId(Unicode(new string('é', names.Length * 40) + text.Get)),
            Customer = optional is null ? null : new CustomerId(Unicode(optional)),
            Session = (present & 1) == 0 ? null : new SessionId("s"),
            Order = (present & 2) == 0 ? null : new OrderId(Unicode(text.Get)),
            Region = optional is null ? null : Unicode(optional),
            Channel = (present & 4) == 0 ? null : "web",
            Parameters = (present & 8) == 0 ? null : names.Select(name => Unicode(name.Get))
                .Distinct().ToDictionary(name => name, name => name + name),
            UnknownData = (present & 16) == 0 ? null : names.Select(name => Unicode(name.Get))
                .Distinct().ToDictionary(name => name, name => JsonSerializer.SerializeToElement(
                    new { name, amount })),
            Lines = [.. names.Select((name, i) => new EventLine(new Sku(Unicode(name.Get)),
                quantity + i, i % 3 == 0 ? null : new Money(amount, currency)))],
        };

        AssertSame(e, EventCodec.Read(Write(e), new TextPool()));
    }

    [Property(MaxTest = 500)]
    public void Bytes_that_are_no_event_are_refused_and_nothing_else_happens(
        NonNegativeInt place, byte value, bool cut)
    {
        var bytes = Write(Rich);
        var at = place.Get % bytes.Length;
        if (cut) bytes = bytes[..at];
        else bytes[at] = value;

        // Another valid event may come of it (the log's checksum sees that), but no other fault.
        var fault = Record.Exception(() => EventCodec.Read(bytes, new TextPool()));

        Assert.True(fault is null or FormatException, fault?.ToString());
        Assert.False(cut && fault is null);
    }

    [Fact]
    public void An_event_of_a_later_version_is_refused_with_what_to_do()
    {
        var bytes = Write(Minimal);
        bytes[0]++;

        var refused = Assert.Throws<FormatException>(
            () => EventCodec.Read(bytes, new TextPool()));

        Assert.Contains("Run the program that wrote it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_price_keeps_its_digits()
    {
        var read = EventCodec.Read(Write(Rich), new TextPool());

        Assert.Equal("19.990 EUR", read.Lines[0].UnitPrice.ToString());
    }

    [Fact]
    public void Texts_that_come_again_are_kept_once()
    {
        var texts = new TextPool();
        var bytes = Write(Rich);

        Assert.Same(
            EventCodec.Read(bytes, texts).Lines[0].Sku.Value,
            EventCodec.Read(bytes, texts).Lines[0].Sku.Value);
    }

    // Half a surrogate pair is no text, and JSON refuses it before it comes here.
    private static string Unicode(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Write(CommerceEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EventCodec.Write(buffer, e);
        return buffer.WrittenSpan.ToArray();
    }

    private static Dictionary<string, JsonElement> Json(string json) =>
        JsonDocument.Parse(json).RootElement.EnumerateObject()
            .ToDictionary(member => member.Name, member => member.Value);

    // Field by field, without the codec: a field that it forgets both ways would look the same.
    private static void AssertSame(CommerceEvent expected, CommerceEvent actual)
    {
        Assert.Equal(
            expected with
            {
                Lines = actual.Lines,
                Parameters = actual.Parameters,
                UnknownAttributes = actual.UnknownAttributes,
                UnknownData = actual.UnknownData,
            },
            actual);
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(Raw(expected.UnknownAttributes), Raw(actual.UnknownAttributes));
        Assert.Equal(Raw(expected.UnknownData), Raw(actual.UnknownData));
        Assert.Equal(
            expected.Lines.Select(line => (line.Sku, line.Quantity, line.UnitPrice?.ToString())),
            actual.Lines.Select(line => (line.Sku, line.Quantity, line.UnitPrice?.ToString())));
        Assert.Equal(
            expected.Lines.Select(line => Raw(line.Unknown)),
            actual.Lines.Select(line => Raw(line.Unknown)));
    }

    private static string? Raw(IReadOnlyDictionary<string, JsonElement>? members) =>
        members is null ? null : string.Join('\n', members.Select(
            member => $"{member.Key}={member.Value.GetRawText()}"));
}
