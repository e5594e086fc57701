using System.Buffers;
using System.Buffers.Binary;
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

        var head = output.GetSpan(12);
        head[0] = Version;
        head[1] = (byte)e.Name;
        head[2] = (byte)present;
        BinaryPrimitives.WriteInt64LittleEndian(head[3..], e.Time.UtcTicks);
        output.Advance(11);

        WriteText(output, e.Id.Value);
        WriteText(output, e.Source);
        WriteText(output, e.Visitor.Value);
        if (e.Customer is { } customer) WriteText(output, customer.Value);
        if (e.Session is { } session) WriteText(output, session.Value);
        if (e.Order is { } order) WriteText(output, order.Value);
        if (e.Region is not null) WriteText(output, e.Region);
        if (e.Channel is not null) WriteText(output, e.Channel);
        if (e.Parameters is not null) WriteParameters(output, e.Parameters);
        if (e.UnknownAttributes is not null) WriteUnknown(output, e.UnknownAttributes);
        if (e.UnknownData is not null) WriteUnknown(output, e.UnknownData);

        WriteNumber(output, (ulong)e.Lines.Length);
        foreach (ref readonly var line in e.Lines.AsSpan()) WriteLine(output, line);
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
        var time = new DateTimeOffset(reader.Int64(), TimeSpan.Zero);

        return new CommerceEvent
        {
            Name = name,
            Time = time,
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

        bool Has(Present flag) => (present & flag) != 0;
    }

    private static void WriteLine(IBufferWriter<byte> output, in EventLine line)
    {
        WriteText(output, line.Sku.Value);
        WriteNumber(output, (ulong)line.Quantity);
        var present = (line.UnitPrice is null ? LinePresent.None : LinePresent.Price)
            | (line.Unknown is null ? LinePresent.None : LinePresent.Unknown);
        output.GetSpan(1)[0] = (byte)present;
        output.Advance(1);
        if (line.UnitPrice is { } price)
        {
            Span<int> parts = stackalloc int[4];
            decimal.GetBits(price.Amount, parts);
            WriteText(output, price.Currency.Code);
            // Scale and sign in one byte; prices are mostly below 2^32 minor units, so the high
            // words cost a byte each.
            output.GetSpan(1)[0] = (byte)(((parts[3] >> 16) & 0x7F) | (parts[3] < 0 ? 0x80 : 0));
            output.Advance(1);
            for (var i = 0; i < 3; i++) WriteNumber(output, (uint)parts[i]);
        }
        if (line.Unknown is not null) WriteUnknown(output, line.Unknown);
    }

    private static EventLine[] ReadLines(ref SpanReader reader, TextPool texts)
    {
        var count = (int)reader.Number();
        if (count > EventRules.LineCountLimit) throw new FormatException("Too many lines.");
        if (count == 0) return [];
        var lines = new EventLine[count];
        for (var i = 0; i < count; i++)
        {
            var sku = new Sku(texts.Get(reader.Text()));
            var quantity = checked((int)reader.Number());
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
        var low = (int)(uint)reader.Number();
        var middle = (int)(uint)reader.Number();
        var high = (int)(uint)reader.Number();
        return new(new decimal(low, middle, high, scale >= 0x80, (byte)(scale & 0x7F)), currency);
    }

    private static void WriteParameters(
        IBufferWriter<byte> output, IReadOnlyDictionary<string, string> parameters)
    {
        WriteNumber(output, (ulong)parameters.Count);
        foreach (var (name, text) in parameters)
        {
            WriteText(output, name);
            WriteText(output, text);
        }
    }

    private static Dictionary<string, string> ReadParameters(ref SpanReader reader, TextPool texts)
    {
        var count = (int)reader.Number();
        var parameters = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
            parameters[texts.Get(reader.Text())] = texts.Get(reader.Text());
        return parameters;
    }

    private static void WriteUnknown(
        IBufferWriter<byte> output, IReadOnlyDictionary<string, JsonElement> members)
    {
        WriteNumber(output, (ulong)members.Count);
        foreach (var (name, json) in members)
        {
            WriteText(output, name);
            WriteText(output, json.GetRawText());
        }
    }

    private static Dictionary<string, JsonElement> ReadUnknown(ref SpanReader reader)
    {
        var count = (int)reader.Number();
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetString(reader.Text());
            var json = new Utf8JsonReader(reader.Text());
            members[name] = JsonElement.ParseValue(ref json);
        }
        return members;
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        // A byte a character for ASCII, and one length byte, is by far the common case.
        if (text.Length < 128)
        {
            var span = output.GetSpan(1 + text.Length);
            if (Ascii.FromUtf16(text, span[1..], out var written) == OperationStatus.Done)
            {
                span[0] = (byte)written;
                output.Advance(1 + written);
                return;
            }
        }
        var bytes = Encoding.UTF8.GetByteCount(text);
        WriteNumber(output, (ulong)bytes);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(bytes)));
    }

    private static void WriteNumber(IBufferWriter<byte> output, ulong number)
    {
        var span = output.GetSpan(10);
        var i = 0;
        for (; number >= 0x80; number >>= 7) span[i++] = (byte)(number | 0x80);
        span[i++] = (byte)number;
        output.Advance(i);
    }
}
