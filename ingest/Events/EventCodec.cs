using System.Buffers;
using System.Text;
using System.Text.Json;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// The compact binary form of an event, as the log stores it: about a third of the JSON form's
/// bytes and a tenth of its reading time. Little-endian; integers are LEB128; texts are a length
/// and UTF-8. The first byte is the version. Golden files pin it.
/// </summary>
public static class EventCodec
{
    /// <summary>The version that is written; <see cref="Read"/> knows all up to it.</summary>
    public const byte Version = 1;

    [Flags]
    private enum Present
    {
        None = 0,
        Customer = 1,
        Session = 2,
        Order = 4,
        Region = 8,
        Channel = 16,
        Parameters = 32,
        UnknownAttributes = 64,
        UnknownData = 128,
    }

    [Flags]
    private enum LinePresent : byte
    {
        None = 0,
        Price = 1,
        Unknown = 2,
    }

    /// <summary>Appends the event's bytes.</summary>
    public static void Write(IBufferWriter<byte> output, CommerceEvent e)
    {
        var present = (e.Customer is null ? 0 : Present.Customer)
            | (e.Session is null ? 0 : Present.Session)
            | (e.Order is null ? 0 : Present.Order)
            | (e.Region is null ? 0 : Present.Region)
            | (e.Channel is null ? 0 : Present.Channel)
            | (e.Parameters is null ? 0 : Present.Parameters)
            | (e.UnknownAttributes is null ? 0 : Present.UnknownAttributes)
            | (e.UnknownData is null ? 0 : Present.UnknownData);

        var writer = new SpanWriter(output);
        writer.Byte(Version);
        writer.Byte((byte)e.Name);
        writer.Byte((byte)present);
        writer.Int64(e.Time.UtcTicks);
        writer.Text(e.Id.Value);
        writer.Text(e.Source);
        writer.Text(e.Visitor.Value);
        if (e.Customer is { } customer) writer.Text(customer.Value);
        if (e.Session is { } session) writer.Text(session.Value);
        if (e.Order is { } order) writer.Text(order.Value);
        if (e.Region is not null) writer.Text(e.Region);
        if (e.Channel is not null) writer.Text(e.Channel);
        if (e.Parameters is not null) WriteParameters(ref writer, e.Parameters);
        if (e.UnknownAttributes is not null) WriteUnknown(ref writer, e.UnknownAttributes);
        if (e.UnknownData is not null) WriteUnknown(ref writer, e.UnknownData);

        writer.Number((ulong)e.Lines.Length);
        foreach (ref readonly var line in e.Lines.AsSpan()) WriteLine(ref writer, line);
        writer.Finish();
    }

    /// <summary>Reads an event back.</summary>
    /// <param name="bytes">Exactly one event's bytes.</param>
    /// <param name="texts">Where texts that come again and again are kept once.</param>
    /// <exception cref="FormatException">The bytes are no event, or of a later version.</exception>
    public static CommerceEvent Read(ReadOnlySpan<byte> bytes, TextPool texts)
    {
        var reader = new SpanReader(bytes);
        var version = reader.Byte();
        if (version != Version)
        {
            throw new FormatException($"The event is of format version {version}; this program " +
                $"reads version {Version}. Run the program that wrote it, or a later one.");
        }
        var name = (EventName)reader.Byte();
        if (!EventNames.IsKnown(name)) throw new FormatException($"{(byte)name} is no event name.");
        var present = (Present)reader.Byte();
        var ticks = reader.Int64();
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks)
            throw new FormatException($"{ticks} is no time.");

        var e = new CommerceEvent
        {
            Name = name,
            Time = new DateTimeOffset(ticks, TimeSpan.Zero),
            // An id comes once; to look for it in the pool would only drive others out.
            Id = new EventId(Encoding.UTF8.GetString(reader.Text())),
            Source = texts.Get(reader.Text()),
            Visitor = new VisitorId(texts.Get(reader.Text())),
            Customer = Has(Present.Customer) ? new CustomerId(texts.Get(reader.Text())) : null,
            Session = Has(Present.Session) ? new SessionId(texts.Get(reader.Text())) : null,
            Order = Has(Present.Order)
                ? new OrderId(Encoding.UTF8.GetString(reader.Text())) : null,
            Region = Has(Present.Region) ? texts.Get(reader.Text()) : null,
            Channel = Has(Present.Channel) ? texts.Get(reader.Text()) : null,
            Parameters = Has(Present.Parameters) ? ReadParameters(ref reader, texts) : null,
            UnknownAttributes = Has(Present.UnknownAttributes) ? ReadUnknown(ref reader) : null,
            UnknownData = Has(Present.UnknownData) ? ReadUnknown(ref reader) : null,
            Lines = ReadLines(ref reader, texts),
        };
        return reader.AtEnd ? e : throw new FormatException("Bytes follow the event.");

        bool Has(Present flag) => (present & flag) != 0;
    }

    private static void WriteLine(ref SpanWriter writer, in EventLine line)
    {
        writer.Text(line.Sku.Value);
        writer.Number((uint)line.Quantity);
        var present = (line.UnitPrice is null ? LinePresent.None : LinePresent.Price)
            | (line.Unknown is null ? LinePresent.None : LinePresent.Unknown);
        writer.Byte((byte)present);
        if (line.UnitPrice is { } price)
        {
            Span<int> parts = stackalloc int[4];
            decimal.GetBits(price.Amount, parts);
            writer.Text(price.Currency.Code);
            // Scale and sign in one byte; prices are mostly below 2^32 minor units, so the high
            // words cost a byte each.
            writer.Byte((byte)(((parts[3] >> 16) & 0x7F) | (parts[3] < 0 ? 0x80 : 0)));
            for (var i = 0; i < 3; i++) writer.Number((uint)parts[i]);
        }
        if (line.Unknown is not null) WriteUnknown(ref writer, line.Unknown);
    }

    private static EventLine[] ReadLines(ref SpanReader reader, TextPool texts)
    {
        var count = reader.Count(bytesEach: 3);
        if (count == 0) return [];
        var lines = new EventLine[count];
        for (var i = 0; i < count; i++)
        {
            var sku = new Sku(texts.Get(reader.Text()));
            var quantity = (int)reader.Number32();
            var present = (LinePresent)reader.Byte();
            Money? price = (present & LinePresent.Price) != 0 ? ReadPrice(ref reader, texts) : null;
            var unknown = (present & LinePresent.Unknown) != 0 ? ReadUnknown(ref reader) : null;
            lines[i] = new EventLine(sku, quantity, price, unknown);
        }
        return lines;
    }

    private static Money ReadPrice(ref SpanReader reader, TextPool texts)
    {
        var currency = Currency.Of(texts.Get(reader.Text()));
        var scale = reader.Byte();
        var digits = (byte)(scale & 0x7F);
        if (digits > 28) throw new FormatException($"{digits} are no decimal digits.");
        var low = (int)reader.Number32();
        var middle = (int)reader.Number32();
        var high = (int)reader.Number32();
        return new(new decimal(low, middle, high, scale >= 0x80, digits), currency);
    }

    private static void WriteParameters(
        ref SpanWriter writer, IReadOnlyDictionary<string, string> parameters)
    {
        writer.Number((ulong)parameters.Count);
        foreach (var (name, text) in parameters)
        {
            writer.Text(name);
            writer.Text(text);
        }
    }

    private static Dictionary<string, string> ReadParameters(ref SpanReader reader, TextPool texts)
    {
        var count = reader.Count(bytesEach: 2);
        var parameters = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
            parameters[texts.Get(reader.Text())] = texts.Get(reader.Text());
        return parameters;
    }

    private static void WriteUnknown(
        ref SpanWriter writer, IReadOnlyDictionary<string, JsonElement> members)
    {
        writer.Number((ulong)members.Count);
        foreach (var (name, json) in members)
        {
            writer.Text(name);
            writer.Text(json.GetRawText());
        }
    }

    private static Dictionary<string, JsonElement> ReadUnknown(ref SpanReader reader)
    {
        var count = reader.Count(bytesEach: 2);
        var members = new Dictionary<string, JsonElement>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetString(reader.Text());
            members[name] = ReadJson(reader.Text());
        }
        return members;
    }

    private static JsonElement ReadJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException e)
        {
            throw new FormatException("A field of a later version is no JSON.", e);
        }
    }
}
